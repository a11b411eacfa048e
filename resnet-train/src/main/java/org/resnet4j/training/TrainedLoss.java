package org.resnet4j.training;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.resnet4j.train.LogitLoss;

/** The loss that a network is trained with. */
final class TrainedLoss {
  private TrainedLoss() {}

  /** Returns the loss if it is one of this project's; null for cross-entropy. */
  static @Nullable LogitLoss of(ComputationGraph graph) {
    return graph.getOutputLayer(0).conf().getLayer() instanceof BaseOutputLayer head
            && head.getLossFn() instanceof LogitLoss loss
        ? loss
        : null;
  }

  /** Returns whether the outputs of a network are probabilities that do not depend on others. */
  static boolean areIndependent(ComputationGraph graph) {
    return graph.getOutputLayer(0).conf().getLayer() instanceof BaseOutputLayer head
        && !(head.getActivationFn() instanceof ActivationSoftmax);
  }
}
