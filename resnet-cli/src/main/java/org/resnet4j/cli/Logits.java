package org.resnet4j.cli;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** Exposes the values of a network before its last activation. */
final class Logits {
  private Logits() {}

  /** Removes the softmax from the output layers of {@code network}. */
  static void expose(ComputationGraph network) {
    for (String name : network.getConfiguration().getNetworkOutputs()) {
      if (network.getLayer(name).conf().getLayer() instanceof BaseOutputLayer layer) {
        layer.setActivationFn(new ActivationIdentity());
      }
    }
  }
}
