package org.resnet4j.benchmarks.files;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.LayerPath;

/** Batch norm with fixed statistics as {@code factor} · x + {@code shift}, a pair a channel. */
record Folding(float[] factor, float[] shift) {
  static Folding of(Weights weights, LayerPath norm, double epsilon) {
    float[] gamma = weights.get(norm, "weight").values();
    float[] beta = weights.get(norm, "bias").values();
    float[] mean = weights.get(norm, "running_mean").values();
    float[] variance = weights.get(norm, "running_var").values();
    float[] factor = new float[gamma.length];
    float[] shift = new float[gamma.length];
    for (int i = 0; i < gamma.length; i++) {
      double scale = gamma[i] / Math.sqrt(variance[i] + epsilon);
      factor[i] = (float) scale;
      shift[i] = (float) (beta[i] - mean[i] * scale);
    }
    return new Folding(factor, shift);
  }

  Tensor weight(Tensor weight) {
    float[] values = weight.values().clone();
    int size = values.length / factor.length;
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor[i / size];
    }
    return new Tensor(weight.name(), weight.shape(), values);
  }

  Tensor bias(@Nullable Tensor bias, String name) {
    float[] values = shift.clone();
    for (int i = 0; bias != null && i < values.length; i++) {
      values[i] += factor[i] * bias.values()[i];
    }
    return new Tensor(name, new int[] {values.length}, values);
  }
}
