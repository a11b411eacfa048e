package org.resnet4j.onednn.exec;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Op;

/**
 * The update of running statistics by the gradient array. Deeplearning4j subtracts the array from
 * the statistics, so it holds {@code (1−d)·(μ−μ_batch)}, and the same for σ² or log10 σ.
 */
final class BatchStatistics {
  private BatchStatistics() {}

  static void write(Op.BatchNorm op, float[] batchMean, float[] batchVariance) {
    INDArray meanGradient = op.mean().gradient();
    INDArray varianceGradient = op.variance().gradient();
    if (meanGradient == null || varianceGradient == null) {
      return;
    }
    float rest = (float) (1 - op.decay());
    float[] mean = Memory.read(op.mean().value());
    float[] variance = Memory.read(op.variance().value());
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (mean[i] - batchMean[i]) * rest;
      variance[i] =
          op.logDeviation()
              ? step(variance[i], batchVariance[i], op.decay())
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
