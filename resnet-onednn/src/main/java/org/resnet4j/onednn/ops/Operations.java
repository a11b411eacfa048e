package org.resnet4j.onednn.ops;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.resnet4j.graph.BlurPoolVertex;
import org.resnet4j.graph.DecayedBatchNormalization;
import org.resnet4j.graph.FrozenBatchNormalization;
import org.resnet4j.graph.GroupNormLayer;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.VertexReading;

/** The table of the operations that the engine computes: the parts of graphs that each reads. */
public final class Operations {
  private static final List<LayerRow<?>> LAYERS =
      List.of(
          layer(ConvolutionLayer.class, Conv::read),
          layer(GroupedConvolutionLayer.class, Conv::read),
          layer(DepthwiseConvolution2D.class, Conv::read),
          layer(SeparableConvolution2D.class, Conv::read),
          layer(DenseLayer.class, Dense::read),
          layer(BatchNormalization.class, BatchNorm::read),
          layer(DecayedBatchNormalization.class, BatchNorm::read),
          layer(FrozenBatchNormalization.class, BatchNorm::read),
          layer(GroupNormLayer.class, GroupNorm::read),
          layer(LocalResponseNormalization.class, Lrn::read),
          layer(ActivationLayer.class, Activate::read),
          layer(LossLayer.class, Activate::read),
          layer(CnnLossLayer.class, Activate::read),
          layer(SubsamplingLayer.class, Pool::read),
          layer(GlobalPoolingLayer.class, Pool::read),
          layer(ZeroPaddingLayer.class, Pad::read),
          layer(Cropping2D.class, Crop::read),
          layer(Upsampling2D.class, Upsample::read),
          layer(DropoutLayer.class, Dropout::read),
          layerOrSubclass(OutputLayer.class, Dense::read));

  private static final List<VertexRow<?>> VERTICES =
      List.of(
          vertex(ElementWiseVertex.class, Elementwise::read),
          vertex(MergeVertex.class, Concat::read),
          vertex(PreprocessorVertex.class, Reshape::read),
          vertex(ScaleVertex.class, Scale::read),
          vertex(L2NormalizeVertex.class, L2Normalize::read),
          vertex(BlurPoolVertex.class, Blur::read),
          vertex(ScaleChannelsVertex.class, ScaleChannels::read),
          vertexOrSubclass(PadChannelsVertex.class, Pad::read));

  private Operations() {}

  private interface LayerReader<L> {
    Value read(L configuration, Value in, LayerReading from);
  }

  private interface VertexReader<V> {
    Value read(V vertex, List<Value> inputs, VertexReading from);
  }

  private record LayerRow<L extends Layer>(
      Class<L> type, boolean subclasses, LayerReader<L> reader) {
    boolean reads(Layer layer) {
      return subclasses ? type.isInstance(layer) : type == layer.getClass();
    }

    Value read(Layer layer, Value in, LayerReading from) {
      return reader.read(type.cast(layer), in, from);
    }
  }

  private record VertexRow<V extends GraphVertex>(
      Class<V> type, boolean subclasses, VertexReader<V> reader) {
    boolean reads(GraphVertex vertex) {
      return subclasses ? type.isInstance(vertex) : type == vertex.getClass();
    }

    Value read(GraphVertex vertex, List<Value> inputs, VertexReading from) {
      return reader.read(type.cast(vertex), inputs, from);
    }
  }

  private static <L extends Layer> LayerRow<L> layer(Class<L> type, LayerReader<L> reader) {
    return new LayerRow<>(type, false, reader);
  }

  private static <L extends Layer> LayerRow<L> layerOrSubclass(
      Class<L> type, LayerReader<L> reader) {
    return new LayerRow<>(type, true, reader);
  }

  private static <V extends GraphVertex> VertexRow<V> vertex(
      Class<V> type, VertexReader<V> reader) {
    return new VertexRow<>(type, false, reader);
  }

  private static <V extends GraphVertex> VertexRow<V> vertexOrSubclass(
      Class<V> type, VertexReader<V> reader) {
    return new VertexRow<>(type, true, reader);
  }

  /** Returns whether the engine reads layers of this class. */
  public static boolean reads(Layer layer) {
    return LAYERS.stream().anyMatch(row -> row.reads(layer));
  }

  /** Returns whether the engine reads vertices of this class, which have no layer. */
  public static boolean reads(GraphVertex vertex) {
    return VERTICES.stream().anyMatch(row -> row.reads(vertex));
  }

  /** Reads a layer, and returns its result. */
  public static Value read(Layer layer, Value in, LayerReading from) {
    return LAYERS.stream()
        .filter(row -> row.reads(layer))
        .findFirst()
        .orElseThrow(() -> from.unsupported(layer.getClass().getSimpleName()))
        .read(layer, in, from);
  }

  /** Reads a vertex without a layer, and returns its result. */
  public static Value read(GraphVertex vertex, List<Value> inputs, VertexReading from) {
    return VERTICES.stream()
        .filter(row -> row.reads(vertex))
        .findFirst()
        .orElseThrow(() -> from.unsupported(vertex.getClass().getSimpleName()))
        .read(vertex, inputs, from);
  }
}
