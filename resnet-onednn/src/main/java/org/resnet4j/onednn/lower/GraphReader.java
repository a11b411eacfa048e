package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** Reads a {@code ComputationGraph} for given input shapes. */
public final class GraphReader {
  /** Pixels along each side, where only a guess is needed. */
  private static final long GUESSED_SIZE = 224;

  private final ComputationGraph graph;
  private final boolean training;
  private final List<Op> ops = new ArrayList<>();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Value> headInputs = new HashMap<>();

  private GraphReader(ComputationGraph graph, boolean training) {
    this.graph = graph;
    this.training = training;
  }

  /** What {@code graph.output} computes. */
  public static Program inference(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, false).read(inputShapes);
  }

  /** What a training step computes, up to the activations and losses of the output layers. */
  public static Program training(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, true).read(inputShapes);
  }

  /**
   * Reads {@code graph} with a guess of its input, whose size it does not know: names the first
   * vertex that is not supported, if a guess gets so far.
   *
   * @throws UnsupportedGraphException naming the vertex
   */
  public static void check(ComputationGraph graph, boolean training) {
    List<long[]> shapes = new ArrayList<>();
    for (String input : graph.getConfiguration().getNetworkInputs()) {
      long[] shape = guess(graph, input);
      if (shape == null) {
        return;
      }
      shapes.add(shape);
    }
    try {
      new GraphReader(graph, training).read(shapes);
    } catch (UnsupportedGraphException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      // The guess was wrong: the first step will tell.
    }
  }

  private static long @Nullable [] guess(ComputationGraph graph, String input) {
    for (Map.Entry<String, List<String>> reader :
        graph.getConfiguration().getVertexInputs().entrySet()) {
      if (reader.getValue().contains(input)
          && graph.getConfiguration().getVertices().get(reader.getKey())
              instanceof LayerVertex vertex
          && vertex.getLayerConf().getLayer() instanceof FeedForwardLayer layer) {
        return vertex.getPreProcessor() instanceof FeedForwardToCnnPreProcessor image
            ? new long[] {
              1, image.getNumChannels() * image.getInputHeight() * image.getInputWidth()
            }
            : layer instanceof ConvolutionLayer
                ? new long[] {1, layer.getNIn(), GUESSED_SIZE, GUESSED_SIZE}
                : layer instanceof BatchNormalization ? null : new long[] {1, layer.getNIn()};
      }
    }
    return null;
  }

  private Program read(List<long[]> inputShapes) {
    if (graph.getConfiguration().getDataType() != DataType.FLOAT) {
      throw new UnsupportedGraphException(
          graph.getConfiguration().getNetworkInputs().get(0),
          "the data type " + graph.getConfiguration().getDataType());
    }
    if (graph.getConfiguration().getBackpropType() != BackpropType.Standard) {
      throw new UnsupportedGraphException(
          graph.getConfiguration().getNetworkInputs().get(0), "truncated back-propagation");
    }
    List<Value> inputs = new ArrayList<>();
    List<String> names = graph.getConfiguration().getNetworkInputs();
    for (int i = 0; i < names.size(); i++) {
      Value input = new Value(names.get(i), inputShapes.get(i));
      values.put(names.get(i), input);
      inputs.add(input);
    }
    List<String> outputNames = graph.getConfiguration().getNetworkOutputs();
    for (int index : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[index].getVertexName();
      GraphVertex vertex = graph.getConfiguration().getVertices().get(name);
      if (vertex != null) {
        values.put(name, vertex(name, thawed(vertex), outputNames.contains(name)));
      }
    }
    return new Program(
        inputs,
        ops,
        outputNames.stream().map(this::value).toList(),
        training ? outputNames.stream().map(headInputs::get).toList() : List.of());
  }

  private Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new AssertionError(name + ": read before it was made");
    }
    return value;
  }

  private Value vertex(String name, GraphVertex vertex, boolean output) {
    List<Value> inputs =
        graph.getConfiguration().getVertexInputs().getOrDefault(name, List.of()).stream()
            .map(this::value)
            .toList();
    Class<?> type = vertex.getClass();
    if (type == LayerVertex.class) {
      return layer(name, (LayerVertex) vertex, inputs.get(0), output);
    }
    if (training && output) {
      throw new UnsupportedGraphException(name, "training with an output that is no output layer");
    }
    if (type == ElementWiseVertex.class
        && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add) {
      return sum(name, inputs);
    } else if (type == MergeVertex.class) {
      return merge(name, inputs);
    } else if (type == ScaleVertex.class) {
      Value out = new Value(name, inputs.get(0).shape());
      ops.add(new Op.Scale(name, inputs.get(0), out, ((ScaleVertex) vertex).getScaleFactor()));
      return out;
    } else if (vertex instanceof PadChannelsVertex pad) {
      Value in = inputs.get(0);
      long channels = pad.before() + in.size(1) + pad.after();
      Value out = new Value(name, in.size(0), channels, in.size(2), in.size(3));
      ops.add(new Op.Pad(name, in, out, new long[] {0, pad.before(), 0, 0}));
      return out;
    } else if (type == ScaleChannelsVertex.class) {
      return scaledChannels(name, inputs.get(0), inputs.get(1));
    }
    throw new UnsupportedGraphException(
        name,
        vertex instanceof ElementWiseVertex elementWise
            ? "ElementWiseVertex." + elementWise.getOp()
            : type.getSimpleName());
  }

  /** Without parameters, being frozen only means that no gradient passes: none is asked for. */
  private static GraphVertex thawed(GraphVertex vertex) {
    return vertex instanceof FrozenVertex frozen ? thawed(frozen.getUnderlying()) : vertex;
  }

  private Value layer(String name, LayerVertex vertex, Value input, boolean output) {
    Layer layer = graph.getLayer(name);
    Value in = preprocessed(name, vertex.getPreProcessor(), input);
    if (training && output) {
      if (layer instanceof org.deeplearning4j.nn.layers.OutputLayer
          || layer instanceof org.deeplearning4j.nn.layers.LossLayer) {
        headInputs.put(name, in);
        return new LayerReader(name, layer, training, ops).readHead(in);
      }
      throw new UnsupportedGraphException(
          name, "training with an output layer of the type " + layer.getClass().getSimpleName());
    }
    return new LayerReader(name, layer, training, ops).read(in);
  }

  private Value preprocessed(String name, InputPreProcessor preprocessor, Value in) {
    if (preprocessor == null) {
      return in;
    }
    Value out;
    if (preprocessor instanceof CnnToFeedForwardPreProcessor) {
      if (in.rank() == 2) {
        return in;
      }
      out = new Value(name, in.size(0), in.size(1) * in.size(2) * in.size(3));
    } else if (preprocessor instanceof FeedForwardToCnnPreProcessor image) {
      if (in.rank() == 4) {
        return in;
      }
      out =
          new Value(
              name,
              in.size(0),
              image.getNumChannels(),
              image.getInputHeight(),
              image.getInputWidth());
    } else {
      throw new UnsupportedGraphException(
          name, "the preprocessor " + preprocessor.getClass().getSimpleName());
    }
    ops.add(new Op.Reshape(name, in, out));
    return out;
  }

  private Value sum(String name, List<Value> inputs) {
    Value total = inputs.get(0);
    for (Value next : inputs.subList(1, inputs.size())) {
      Value out = new Value(name, total.shape());
      ops.add(new Op.Add(name, total, next, out, Nonlinearity.IDENTITY));
      total = out;
    }
    return total;
  }

  private Value scaledChannels(String name, Value images, Value factors) {
    if (images.rank() != 4 || factors.rank() != 2 || images.size(1) != factors.size(1)) {
      throw new UnsupportedGraphException(name, "scaling " + images + " by " + factors);
    }
    Value out = new Value(name, images.shape());
    ops.add(new Op.ScaleChannels(name, images, factors, out, Op.Fused.NOTHING));
    return out;
  }

  private Value merge(String name, List<Value> inputs) {
    long[] shape = inputs.get(0).shape();
    shape[1] = inputs.stream().mapToLong(input -> input.size(1)).sum();
    Value out = new Value(name, shape);
    ops.add(new Op.Concat(name, inputs, out));
    return out;
  }
}
