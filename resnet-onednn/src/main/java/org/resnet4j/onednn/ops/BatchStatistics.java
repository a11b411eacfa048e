package org.resnet4j.onednn.ops;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.ir.Norm;

/**
 * The update of running statistics by the gradient array. Deeplearning4j subtracts the array from
 * the statistics, so it holds {@code (1−d)·(μ−μ_batch)}, and the same for σ² or log10 σ.
 */
final class BatchStatistics {
  private BatchStatistics() {}

  static void write(Norm norm, double decay, float[] batchMean, float[] batchVariance) {
    INDArray meanGradient = norm.mean().gradient();
    INDArray varianceGradient = norm.variance().gradient();
    if (meanGradient == null || varianceGradient == null) {
      return;
    }
    float rest = (float) (1 - decay);
    float[] mean = Memory.read(norm.mean().value());
    float[] variance = Memory.read(norm.variance().value());
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (mean[i] - batchMean[i]) * rest;
      variance[i] =
          norm.logDeviation()
              ? step(variance[i], batchVariance[i], decay)
              : (variance[i] - batchVariance[i]) * rest;
    }
    Memory.write(mean, Memory.address(meanGradient));
    Memory.write(variance, Memory.address(varianceGradient));
  }

  private static float step(float logDeviation, float batchVariance, double decay) {
    double deviation = Math.pow(10, logDeviation);
    double before = deviation * deviation;
    double after = decay * before + (1 - decay) * batchVariance;
    return (float) (Math.log(before / after) / (2 * Math.log(10)));
  }
}
