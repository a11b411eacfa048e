package org.resnet4j.onednn.exec;

import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Norm;
import org.resnet4j.onednn.ir.Parameter;

/**
 * The weights and bias of a convolution or dense layer, with the following batch normalisation
 * folded in: {@code w·γ/√(σ²+ε)} and {@code β+(b−μ)·γ/√(σ²+ε)}.
 */
public final class FoldedWeights {
  /** The folded weights, output channel first. */
  final float[] weights;

  final float[] bias;

  /** Folds a matmul's weights {@code [out, in]}. */
  public FoldedWeights(
      Parameter weights, @Nullable Parameter bias, @Nullable Norm norm, int outputs) {
    this(
        weights,
        new long[] {outputs, weights.value().length() / outputs, 1, 1},
        FilterOrder.OUTPUTS_FIRST,
        bias,
        norm,
        outputs);
  }

  /** Folds a convolution's weights, which stay in their {@code order}. */
  public FoldedWeights(
      Parameter weights,
      FilterOrder order,
      @Nullable Parameter bias,
      @Nullable Norm norm,
      int outputs) {
    this(weights, weights.value().shape(), order, bias, norm, outputs);
  }

  private FoldedWeights(
      Parameter weights,
      long[] shape,
      FilterOrder order,
      @Nullable Parameter bias,
      @Nullable Norm norm,
      int outputs) {
    this.weights = Memory.read(weights.value());
    this.bias = bias == null ? new float[outputs] : Memory.read(bias.value());
    if (norm != null) {
      fold(norm, shape, order, outputs);
    }
  }

  private void fold(Norm norm, long[] shape, FilterOrder order, int outputs) {
    float[] mean = Memory.read(norm.mean().value());
    float[] variance = variance(norm);
    float[] gamma = norm.gamma() == null ? null : Memory.read(norm.gamma().value());
    float[] beta = norm.beta() == null ? null : Memory.read(norm.beta().value());
    int each = weights.length / outputs;
    int step = (int) order.step(shape);
    for (int out = 0; out < outputs; out++) {
      double scale = (gamma == null ? 1 : gamma[out]) / Math.sqrt(variance[out] + norm.epsilon());
      int first = (int) order.first(out, shape);
      for (int i = 0; i < each; i++) {
        weights[first + i * step] = (float) (weights[first + i * step] * scale);
      }
      bias[out] = (float) ((beta == null ? 0 : beta[out]) + (bias[out] - mean[out]) * scale);
    }
  }

  /**
   * Returns false if a parameter is NaN or infinite, a variance is negative, or folding overflows.
   */
  boolean areFinite() {
    return NonFinite.first(weights) < 0 && NonFinite.first(bias) < 0;
  }

  /** Returns the running variances, converted where Deeplearning4j stores log10 of the std. */
  public static float[] variance(Norm norm) {
    float[] values = Memory.read(norm.variance().value());
    if (norm.logDeviation()) {
      for (int i = 0; i < values.length; i++) {
        double deviation = Math.pow(10, values[i]);
        values[i] = (float) (deviation * deviation);
      }
    }
    return values;
  }
}
