package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.Dense;
import org.resnet4j.onednn.ops.Dropout;
import org.resnet4j.onednn.ops.Operations;
import org.resnet4j.onednn.ops.Reshape;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.VertexReading;

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
    VertexReading reading = new VertexReading(name, training, ops);
    if (vertex.getClass() == LayerVertex.class) {
      return layer(name, (LayerVertex) vertex, reading.only(inputs), output);
    }
    if (training && output) {
      throw reading.unsupported("training with an output that is not an output layer");
    }
    return Operations.read(vertex, inputs, reading);
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
    LayerReading reading = new LayerReading(name, layer, training, ops);
    Value in = Reshape.read(vertex.getPreProcessor(), input, reading);
    if (!training || !output) {
      Value out = Operations.read(reading.configuration(), dropped(in, reading), reading);
      if (reading.configuration() instanceof BaseLayer base) {
        checkTrainable(base, reading);
      }
      return out;
    }
    if (layer instanceof org.deeplearning4j.nn.layers.OutputLayer
        || layer instanceof org.deeplearning4j.nn.layers.LossLayer
        || layer instanceof org.deeplearning4j.nn.layers.convolution.CnnLossLayer) {
      headInputs.put(name, in);
      checkTrainable((BaseLayer) reading.configuration(), reading);
      return reading.configuration() instanceof OutputLayer head
          ? Dense.beforeActivation(head, dropped(in, reading), reading)
          : in;
    }
    throw reading.unsupported(
        "training with an output layer of the type " + layer.getClass().getSimpleName());
  }

  private static Value dropped(Value in, LayerReading reading) {
    return Dropout.read(reading.configuration().getIDropout(), in, reading);
  }

  private void checkTrainable(BaseLayer configuration, VertexReading reading) {
    if (training && configuration.getWeightNoise() != null) {
      throw reading.unsupported("weight noise (" + configuration.getWeightNoise() + ")");
    }
  }
}
