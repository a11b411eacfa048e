package org.resnet4j.benchmarks.files;

import java.util.ArrayList;
import java.util.List;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;

/**
 * A plan as JSON, for programs that are not written in Java.
 *
 * @param parameters number of trainable ones
 * @param input channels, height, width
 * @param tensors contents of the weights file, one after the other: little-endian floats
 */
record PlanDocument(
    String name,
    long parameters,
    int[] input,
    int classes,
    List<Layer> layers,
    List<StoredTensor> tensors) {

  /**
   * A layer of a plan.
   *
   * @param kind simple name of the node's type, such as {@code Conv}
   * @param node the fields of that type
   */
  record Layer(String name, String kind, List<String> inputs, Node node) {}

  /** A tensor that starts {@code offset} values after the start of the file. */
  record StoredTensor(String name, int[] shape, long offset) {}

  static PlanDocument of(Plan plan, Weights weights) {
    List<StoredTensor> tensors = new ArrayList<>();
    long offset = 0;
    for (Tensor tensor : weights.all()) {
      tensors.add(new StoredTensor(tensor.name(), tensor.shape(), offset));
      offset += tensor.values().length;
    }
    var input = plan.architecture().input();
    return new PlanDocument(
        plan.architecture().name(),
        plan.parameterCount(),
        new int[] {input.channels(), input.height(), input.width()},
        plan.architecture().classes(),
        plan.nodes().stream().map(PlanDocument::layer).toList(),
        tensors);
  }

  private static Layer layer(Node node) {
    return new Layer(
        node.path().vertex(),
        node.getClass().getSimpleName(),
        node.inputs().stream().map(LayerPath::vertex).toList(),
        node);
  }
}
