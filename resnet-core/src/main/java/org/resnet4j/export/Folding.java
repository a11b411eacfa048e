package org.resnet4j.export;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingInt;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.weights.NetworkTensors;

/**
 * A batch norm with fixed statistics as {@code factor} · x + {@code shift}, one pair per channel.
 */
public record Folding(double[] factor, double[] shift) {
  /** Returns the folding of the batch norm at {@code norm}. */
  public static Folding of(NetworkTensors tensors, LayerPath norm) {
    float[] gamma = tensors.read(NetworkTensors.name(norm, "weight"));
    float[] beta = tensors.read(NetworkTensors.name(norm, "bias"));
    float[] mean = tensors.read(NetworkTensors.name(norm, "running_mean"));
    float[] variance = tensors.read(NetworkTensors.name(norm, "running_var"));
    double epsilon = tensors.epsilon(norm);
    double[] factor = new double[gamma.length];
    double[] shift = new double[gamma.length];
    for (int i = 0; i < gamma.length; i++) {
      double scale = gamma[i] / Math.sqrt(variance[i] + epsilon);
      factor[i] = scale;
      shift[i] = beta[i] - mean[i] * scale;
    }
    return new Folding(factor, shift);
  }

  /**
   * Returns the batch norms that can be folded into a convolution, by the convolution's path. They
   * are the only readers of that convolution.
   */
  public static Map<LayerPath, Node.Norm> absorbed(Plan plan) {
    Map<LayerPath, Integer> readers =
        plan.nodes().stream()
            .flatMap(node -> node.inputs().stream())
            .collect(groupingBy(path -> path, summingInt(path -> 1)));
    Map<LayerPath, Node> nodes = new HashMap<>();
    Map<LayerPath, Node.Norm> absorbed = new HashMap<>();
    for (Node node : plan.nodes()) {
      nodes.put(node.path(), node);
      if (node instanceof Node.Norm norm
          && norm.hasStatistics()
          && nodes.get(norm.input()) instanceof Node.Conv conv
          && readers.getOrDefault(conv.path(), 0) == 1) {
        absorbed.put(conv.path(), norm);
      }
    }
    return absorbed;
  }

  /** Returns the convolution's weights {@code [out, …]} multiplied by the factors. */
  public float[] weight(float[] weight) {
    float[] values = weight.clone();
    int size = values.length / factor.length;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * factor[i / size]);
    }
    return values;
  }

  /** Returns the convolution's bias with factors and shifts applied; null counts as zeros. */
  public float[] bias(float @Nullable [] bias) {
    float[] values = new float[shift.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bias == null ? shift[i] : shift[i] + factor[i] * bias[i]);
    }
    return values;
  }
}
