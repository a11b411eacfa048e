package org.resnet4j.cli;

import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** What a network says before its last activation. */
final class Logits {
  private Logits() {}

  /** Takes the softmax off the output layers of {@code network}. */
  static void expose(ComputationGraph network) {
    for (String name : network.getConfiguration().getNetworkOutputs()) {
      if (network.getLayer(name).conf().getLayer() instanceof BaseOutputLayer layer) {
        layer.setActivationFn(new ActivationIdentity());
      }
    }
  }
}
