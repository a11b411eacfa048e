package org.resnet4j.examples;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/**
 * The layer responses of He et al. 2015 (arXiv:1512.03385), figure 7: the standard deviation of the
 * output of each 3×3 convolution after its batch norm, before ReLU and addition.
 */
final class LayerResponses {
  private static final int KERNEL = 3;

  private LayerResponses() {}

  /**
   * Returns the responses to {@code images} {@code [N, C, H, W]} in the order of the layers.
   *
   * @param network of {@code plan}; batch norms use the statistics of these images
   */
  static List<Double> of(ComputationGraph network, Plan plan, INDArray images) {
    // For inference, Deeplearning4j's activations overwrite the outputs that they read.
    Map<String, INDArray> outputs = network.feedForward(images, true);
    return norms(plan).stream()
        .map(norm -> Objects.requireNonNull(outputs.get(norm)).std(false).getDouble(0))
        .toList();
  }

  /** Returns the names of the batch norms that read a 3×3 convolution. */
  static List<String> norms(Plan plan) {
    Set<LayerPath> convolutions = new HashSet<>();
    List<String> norms = new ArrayList<>();
    for (Node node : plan.nodes()) {
      if (node instanceof Node.Conv conv && conv.kernel() == KERNEL) {
        convolutions.add(conv.path());
      } else if (node instanceof Node.Norm norm && convolutions.contains(norm.input())) {
        norms.add(norm.path().vertex());
      }
    }
    return norms;
  }
}
