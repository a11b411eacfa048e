package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** Reads a {@code ComputationGraph} for given input shapes. */
public final class GraphReader {
  /** The assumed height and width where the input size is unknown. */
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

  /** Returns the program that {@code graph.output} computes. */
  public static Program inference(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, false).read(inputShapes);
  }

  /**
   * Returns the program of a training step, up to the activations and losses of the output layers.
   */
  public static Program training(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, true).read(inputShapes);
  }

  /**
   * Refuses a {@code graph} with unsupported vertices. The input size is unknown, so it is assumed;
   * vertices that do not fit the assumed size are not checked.
   *
   * @throws UnsupportedGraphException naming the first such vertex
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
    } catch (UnsupportedShapeException e) {
      // The assumed size does not fit; the first step checks the graph again.
    } catch (UnsupportedGraphException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      // As above.
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
      long[] shape = inputShapes.get(i);
      if (shape.length != 2 && shape.length != 4) {
        throw new UnsupportedShapeException(
            names.get(i),
            "an input that is neither [N, C, H, W] nor [N, F] but " + Arrays.toString(shape));
      }
      Value input = new Value(names.get(i), shape);
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
      throw new AssertionError(name + ": read before it was computed");
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
      return layer(name, (LayerVertex) vertex, only(name, inputs), output);
    }
    if (training && output) {
      throw new UnsupportedGraphException(
          name, "training with an output that is not an output layer");
    }
    if (type == ElementWiseVertex.class
        && ((ElementWiseVertex) vertex).getOp() == ElementWiseVertex.Op.Add) {
      return sum(name, inputs);
    } else if (type == MergeVertex.class) {
      return merge(name, inputs, ((MergeVertex) vertex).getMergeAxis());
    } else if (type == ScaleVertex.class) {
      Value in = only(name, inputs);
      Value out = new Value(name, in.shape());
      ops.add(new Op.Scale(name, in, out, ((ScaleVertex) vertex).getScaleFactor()));
      return out;
    } else if (vertex instanceof PadChannelsVertex pad) {
      return paddedChannels(name, only(name, inputs), pad.before(), pad.after());
    } else if (type == ScaleChannelsVertex.class) {
      return scaledChannels(name, inputs);
    }
    throw new UnsupportedGraphException(
        name,
        vertex instanceof ElementWiseVertex elementWise
            ? "ElementWiseVertex." + elementWise.getOp()
            : type.getSimpleName());
  }

  /**
   * Returns the vertex that is frozen. Freezing a vertex without parameters only stops its
   * gradient, which is not needed.
   */
  private static GraphVertex thawed(GraphVertex vertex) {
    return vertex instanceof FrozenVertex frozen ? thawed(frozen.getUnderlying()) : vertex;
  }

  private Value layer(String name, LayerVertex vertex, Value input, boolean output) {
    Layer layer = graph.getLayer(name);
    Value in = PreprocessorReader.read(name, vertex.getPreProcessor(), input, ops);
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

  private static Value only(String name, List<Value> inputs) {
    if (inputs.size() != 1) {
      throw Mismatch.at(name, "expected one input but there are " + inputs);
    }
    return inputs.get(0);
  }

  private Value sum(String name, List<Value> inputs) {
    Value total = inputs.get(0);
    for (Value next : inputs.subList(1, inputs.size())) {
      if (!Arrays.equals(total.shape(), next.shape())) {
        throw new UnsupportedShapeException(
            name, "an addition of " + total + " and " + next + ", whose shapes differ,");
      }
      Value out = new Value(name, total.shape());
      ops.add(new Op.Add(name, total, next, out, Nonlinearity.IDENTITY));
      total = out;
    }
    return total;
  }

  private Value paddedChannels(String name, Value in, int before, int after) {
    if (in.rank() != 4 || before < 0 || after < 0) {
      throw Mismatch.at(
          name,
          "expected 0 or more channels before and after images but they are "
              + before
              + " and "
              + after
              + ", and its input is "
              + in);
    }
    Value out = new Value(name, in.size(0), before + in.size(1) + after, in.size(2), in.size(3));
    ops.add(new Op.Pad(name, in, out, new long[] {0, before, 0, 0}));
    return out;
  }

  private Value scaledChannels(String name, List<Value> inputs) {
    Value images = inputs.get(0);
    if (inputs.size() != 2
        || images.rank() != 4
        || !Arrays.equals(inputs.get(1).shape(), Arrays.copyOf(images.shape(), 2))) {
      throw new UnsupportedShapeException(name, "a scaling of channels whose inputs are " + inputs);
    }
    Value out = new Value(name, images.shape());
    ops.add(new Op.ScaleChannels(name, images, inputs.get(1), out, Op.Fused.NOTHING));
    return out;
  }

  private Value merge(String name, List<Value> inputs, int axis) {
    Value first = inputs.get(0);
    if (inputs.size() == 1) {
      return first;
    }
    if (axis < 1 || axis >= first.rank()) {
      throw new UnsupportedGraphException(name, "MergeVertex along the axis " + axis);
    }
    long[] shape = first.shape();
    for (Value next : inputs.subList(1, inputs.size())) {
      long[] sides = next.shape();
      if (sides.length == shape.length) {
        sides[axis] = shape[axis];
      }
      if (!Arrays.equals(sides, shape)) {
        throw new UnsupportedShapeException(
            name, "a merge of " + first + " and " + next + " along the axis " + axis);
      }
      shape[axis] += next.size(axis);
    }
    Value out = new Value(name, shape);
    ops.add(new Op.Concat(name, inputs, axis, out));
    return out;
  }
}
