package org.resnet4j.network;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The numbers that follow from the name of a tensor; {@code make_goldens.py} computes the same
 * ones, so that no weights need to be stored. Every value is a float.
 */
final class Formula {
  private Formula() {}

  /** Returns numbers uniform in [{@code low}, {@code high}). */
  static float[] uniform(String name, int count, double low, double high) {
    long seed = fnv1a64(name);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (low + (high - low) * (bits24(seed, i) / 0x1p24));
    }
    return values;
  }

  /**
   * Returns the value of tensor {@code name} of a torch state dict, {@code shape} in torch's order
   * of axes.
   */
  static float[] weight(String name, boolean norm, long... shape) {
    int count = Math.toIntExact(product(shape, 0));
    if (name.endsWith("running_mean") || (norm && name.endsWith("bias"))) {
      return uniform(name, count, -0.2, 0.2);
    }
    if (norm) {
      return uniform(name, count, 0.5, 1.5);
    }
    double bound = name.endsWith("bias") ? 0.1 : Math.sqrt(3.0 / product(shape, 1));
    return uniform(name, count, -bound, bound);
  }

  /** Sets every parameter of {@code network}. */
  static void fill(ComputationGraph network, TorchNames names) {
    Map<String, INDArray> parameters = network.paramTable();
    parameters.forEach(
        (name, parameter) -> {
          String vertex = name.substring(0, name.lastIndexOf('_'));
          INDArray target = torchOrder(name, parameter);
          float[] values =
              weight(names.tensor(name), parameters.containsKey(vertex + "_gamma"), target.shape());
          target.assign(
              Nd4j.createFromArray(values)
                  .reshape('c', target.shape())
                  .castTo(parameter.dataType()));
        });
  }

  /** Returns a view of {@code parameter}, or of its gradient, with torch's order of axes. */
  static INDArray torchOrder(String name, INDArray parameter) {
    return parameter.rank() == 2 && name.endsWith("_W") ? parameter.transpose() : parameter;
  }

  /** Returns images uniform in [-1, 1). */
  static INDArray images(long... shape) {
    int count = Math.toIntExact(product(shape, 0));
    return Nd4j.createFromArray(uniform("input", count, -1, 1)).reshape('c', shape);
  }

  /** Returns one-hot labels {@code [count, classes]}. */
  static INDArray labels(int count, int classes) {
    float[][] rows = new float[count][classes];
    long seed = fnv1a64("labels");
    for (int i = 0; i < count; i++) {
      rows[i][(int) (bits24(seed, i) % classes)] = 1;
    }
    return Nd4j.createFromArray(rows);
  }

  private static long product(long[] shape, int from) {
    return Arrays.stream(shape, from, shape.length).reduce(1, Math::multiplyExact);
  }

  private static long fnv1a64(String text) {
    long hash = 0xCBF29CE484222325L;
    for (byte next : text.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash ^ next) * 0x100000001B3L;
    }
    return hash;
  }

  /** Returns the upper 24 bits of output {@code i} of splitmix64. */
  private static long bits24(long seed, long i) {
    long z = seed + (i + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) >>> 40;
  }
}
