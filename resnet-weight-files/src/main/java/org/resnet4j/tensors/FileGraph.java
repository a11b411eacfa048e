package org.resnet4j.tensors;

import java.util.List;

/**
 * The network that a weight file describes beside its tensors. Nothing in it is checked but its
 * size.
 *
 * @param layout order of the axes of weights
 * @param operators in any order
 * @param outputs names of the values that the network returns
 */
public record FileGraph(WeightLayout layout, List<Operator> operators, List<String> outputs) {
  /** The largest accepted number of operators; a ResNet-1202 has about 6,000. */
  public static final int MOST = 50_000;

  /** The order of the axes of weights. */
  public enum WeightLayout {
    /** Weights {@code [out, in, height, width]}, as ONNX has them. */
    OUT_FIRST,
    /** Weights {@code [height, width, in, out]}, as Keras has them. */
    OUT_LAST
  }

  public FileGraph {
    operators = List.copyOf(operators);
    outputs = List.copyOf(outputs);
  }

  /** Returns whether an operator has weights, so that there is something to compare. */
  public boolean hasWeights() {
    return operators.stream().anyMatch(next -> next.parameters().containsKey(Operator.Role.WEIGHT));
  }
}
