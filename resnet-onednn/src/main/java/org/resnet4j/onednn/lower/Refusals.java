package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedGraphException.Vertex;
import org.resnet4j.onednn.UnsupportedShapeException;

/** The unsupported vertices of a graph that is read. */
final class Refusals {
  private final List<Vertex> found = new ArrayList<>();
  private boolean dependOnShapes = true;

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** Adds an input of the network. */
  void add(UnsupportedGraphException refusal) {
    found.addAll(refusal.vertices());
    dependOnShapes &= refusal instanceof UnsupportedShapeException;
  }

  /** Adds a vertex with the name of its kind. */
  void add(UnsupportedGraphException refusal, GraphVertex vertex) {
    String kind = kind(vertex);
    for (Vertex one : refusal.vertices()) {
      found.add(new Vertex(one.name(), kind, one.reason()));
    }
    dependOnShapes &= refusal instanceof UnsupportedShapeException;
  }

  /** Throws an exception with all vertices, if there are any. */
  void throwIfAny() {
    if (!found.isEmpty()) {
      throw dependOnShapes
          ? new UnsupportedShapeException(found)
          : new UnsupportedGraphException(found);
    }
  }

  private static String kind(GraphVertex vertex) {
    return vertex instanceof FrozenVertex frozen
        ? kind(frozen.getUnderlying())
        : vertex instanceof LayerVertex layer
            ? thawed(layer.getLayerConf().getLayer()).getClass().getSimpleName()
            : vertex.getClass().getSimpleName();
  }

  /** Returns the configuration of a layer, without the wrappers that freeze it. */
  static Layer thawed(Layer layer) {
    return layer instanceof FrozenLayer frozen
        ? thawed(frozen.getLayer())
        : layer instanceof FrozenLayerWithBackprop frozen ? thawed(frozen.getUnderlying()) : layer;
  }
}
