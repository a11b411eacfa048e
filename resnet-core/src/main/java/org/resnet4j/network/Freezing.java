package org.resnet4j.network;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;

/** Freezes layers of a configuration. */
public final class Freezing {
  private Freezing() {}

  /** Makes {@code vertex} keep its parameters in training; no gradient is computed for them. */
  public static void freeze(LayerVertex vertex) {
    NeuralNetConfiguration configuration = vertex.getLayerConf();
    FrozenLayer outer = new FrozenLayer(configuration.getLayer());
    outer.setLayerName(configuration.getLayer().getLayerName());
    configuration.setLayer(outer);
  }
}
