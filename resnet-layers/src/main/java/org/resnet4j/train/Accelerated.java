package org.resnet4j.train;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@code ComputationGraph} that runs on another engine than Deeplearning4j's layers. */
public interface Accelerated {
  /** The name of Deeplearning4j's own layers. */
  String STOCK = "Deeplearning4j";

  /** Returns the engine's name, version and whatever else affects its results. */
  String engine();

  /**
   * Returns the first output layer's activations {@code [N, classes]} in the training step that a
   * listener sees in {@code onBackwardPass}. It is null where only that layer has them.
   */
  default @Nullable INDArray outputOfStep() {
    return null;
  }

  /**
   * Returns whether the parameters and the updater's state are known to be finite after the last
   * training step. The result is false if they are not, or if they were not checked.
   */
  default boolean isFinite() {
    return false;
  }

  /** Returns the name of the engine that runs {@code graph}. */
  static String engine(ComputationGraph graph) {
    return graph instanceof Accelerated accelerated ? accelerated.engine() : STOCK;
  }
}
