package org.resnet4j.onednn.lower;

import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.UnsupportedGraphException;

/** The order of the axes of a graph's images. */
final class ImageFormat {
  private ImageFormat() {}

  /**
   * Returns the format of the first layer of {@code graph} that has one. Batch norms count only if
   * there is nothing else: they have a format for vectors, too.
   */
  static CNN2DFormat of(ComputationGraph graph) {
    CNN2DFormat norm = null;
    for (GraphVertex vertex : vertices(graph).values()) {
      CNN2DFormat format = of(vertex);
      if (format != null) {
        return format;
      }
      if (norm == null && layer(vertex) instanceof BatchNormalization batch) {
        norm = batch.getCnn2DFormat();
      }
    }
    return norm == null ? CNN2DFormat.NCHW : norm;
  }

  /** Refuses all layers of another format than {@code expected}. */
  static void requireOne(ComputationGraph graph, CNN2DFormat expected) {
    Refusals refusals = new Refusals();
    vertices(graph)
        .forEach(
            (name, vertex) -> {
              CNN2DFormat format = of(vertex);
              if (format != null && format != expected) {
                String what = "the format " + format + " in a graph of " + expected + " images";
                refusals.add(new UnsupportedGraphException(name, what), vertex);
              }
            });
    refusals.throwIfAny();
  }

  private static Map<String, GraphVertex> vertices(ComputationGraph graph) {
    Map<String, GraphVertex> all = graph.getConfiguration().getVertices();
    Map<String, GraphVertex> sorted = new LinkedHashMap<>();
    for (int index : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[index].getVertexName();
      GraphVertex vertex = all.get(name);
      if (vertex != null) {
        sorted.put(name, vertex);
      }
    }
    return sorted;
  }

  private static @Nullable CNN2DFormat of(GraphVertex vertex) {
    Layer layer = layer(vertex);
    return layer == null ? null : of(layer);
  }

  private static @Nullable CNN2DFormat of(Layer layer) {
    boolean has =
        layer instanceof ConvolutionLayer
            || layer instanceof SubsamplingLayer
            || layer instanceof ZeroPaddingLayer
            || layer instanceof Upsampling2D
            || layer instanceof Cropping2D;
    return has ? ConvolutionUtils.getFormatForLayer(layer) : null;
  }

  private static @Nullable Layer layer(GraphVertex vertex) {
    return vertex instanceof FrozenVertex frozen
        ? layer(frozen.getUnderlying())
        : vertex instanceof LayerVertex layer
            ? Refusals.thawed(layer.getLayerConf().getLayer())
            : null;
  }
}
