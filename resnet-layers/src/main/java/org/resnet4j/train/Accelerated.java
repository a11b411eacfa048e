package org.resnet4j.train;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A {@code ComputationGraph} that another engine than Deeplearning4j's layers computes. */
public interface Accelerated {
  /** The name of Deeplearning4j's own layers. */
  String STOCK = "Deeplearning4j";

  /** Name, version and whatever else decides what comes out. */
  String engine();

  /**
   * What the first output layer computes in the training step of which a listener is told in {@code
   * onBackwardPass}, {@code [N, classes]}; null where only that layer knows.
   */
  default @Nullable INDArray outputOfStep() {
    return null;
  }

  /**
   * Returns true if the parameters and the updater's state are known to be finite after the last
   * training step; false if they are not, or if nobody has looked.
   */
  default boolean isFinite() {
    return false;
  }

  /** What computes {@code graph}. */
  static String engine(ComputationGraph graph) {
    return graph instanceof Accelerated accelerated ? accelerated.engine() : STOCK;
  }
}
