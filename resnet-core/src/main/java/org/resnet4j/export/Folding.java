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

/** Batch norm with fixed statistics as {@code factor} · x + {@code shift}, a pair a channel. */
public record Folding(float[] factor, float[] shift) {
  /** That of the batch norm at {@code norm}. */
  public static Folding of(NetworkTensors tensors, LayerPath norm) {
    float[] gamma = tensors.read(NetworkTensors.name(norm, "weight"));
    float[] beta = tensors.read(NetworkTensors.name(norm, "bias"));
    float[] mean = tensors.read(NetworkTensors.name(norm, "running_mean"));
    float[] variance = tensors.read(NetworkTensors.name(norm, "running_var"));
    double epsilon = tensors.epsilon(norm);
    float[] factor = new float[gamma.length];
    float[] shift = new float[gamma.length];
    for (int i = 0; i < gamma.length; i++) {
      double scale = gamma[i] / Math.sqrt(variance[i] + epsilon);
      factor[i] = (float) scale;
      shift[i] = (float) (beta[i] - mean[i] * scale);
    }
    return new Folding(factor, shift);
  }

  /**
   * The batch norms that a convolution can absorb, by the convolution's path: those behind a
   * convolution that nobody else reads.
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
          && nodes.get(norm.input()) instanceof Node.Conv conv
          && readers.getOrDefault(conv.path(), 0) == 1) {
        absorbed.put(conv.path(), norm);
      }
    }
    return absorbed;
  }

  /** The convolution's weights {@code [out, …]} with the factors in them. */
  public float[] weight(float[] weight) {
    float[] values = weight.clone();
    int size = values.length / factor.length;
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor[i / size];
    }
    return values;
  }

  /** The convolution's bias with factors and shifts in it. */
  public float[] bias(float @Nullable [] bias) {
    float[] values = shift.clone();
    for (int i = 0; bias != null && i < values.length; i++) {
      values[i] += factor[i] * bias[i];
    }
    return values;
  }
}
