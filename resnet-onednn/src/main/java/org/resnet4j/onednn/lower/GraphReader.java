package org.resnet4j.onednn.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.graph.GroupNormLayer;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.Dense;
import org.resnet4j.onednn.ops.Dropout;
import org.resnet4j.onednn.ops.Operations;
import org.resnet4j.onednn.ops.Reshape;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.VertexReading;
import org.resnet4j.onednn.read.VertexReading.Reading;

/** Reads a {@code ComputationGraph} for given input shapes. */
public final class GraphReader {
  /** The assumed height and width where the input size is unknown. */
  private static final long GUESSED_SIZE = 224;

  /** The vertices whose result does not depend on the order of the axes of images. */
  private static final Set<Class<? extends GraphVertex>> ANY_FORMAT =
      Set.of(
          ElementWiseVertex.class,
          MergeVertex.class,
          ScaleVertex.class,
          L2NormalizeVertex.class,
          PreprocessorVertex.class);

  private final ComputationGraph graph;
  private final Reading reading;
  private final boolean assumed;
  private final Refusals refusals = new Refusals();
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Value> headInputs = new HashMap<>();

  private GraphReader(ComputationGraph graph, boolean training, boolean assumed) {
    this.graph = graph;
    this.assumed = assumed;
    reading = new Reading(training, ImageFormat.of(graph), new ArrayList<>());
  }

  /** Returns the program that {@code graph.output} computes. */
  public static Program inference(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, false, false).program(inputShapes);
  }

  /**
   * Returns the program of a training step, up to the activations and losses of the output layers.
   */
  public static Program training(ComputationGraph graph, List<long[]> inputShapes) {
    return new GraphReader(graph, true, false).program(inputShapes);
  }

  /**
   * Refuses a {@code graph} with unsupported vertices. The input size is unknown, so it is assumed;
   * what depends on the size is not checked.
   *
   * @throws UnsupportedGraphException naming all such vertices
   */
  public static void check(ComputationGraph graph, boolean training) {
    GraphReader reader = new GraphReader(graph, training, true);
    List<String> inputs = graph.getConfiguration().getNetworkInputs();
    reader.read(inputs.stream().map(reader::guess).toList());
  }

  private long @Nullable [] guess(String input) {
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
                ? reading.shape(1, layer.getNIn(), GUESSED_SIZE, GUESSED_SIZE)
                : layer instanceof BatchNormalization || layer instanceof GroupNormLayer
                    ? null
                    : new long[] {1, layer.getNIn()};
      }
    }
    return null;
  }

  private Program program(List<long[]> inputShapes) {
    List<Value> inputs = read(inputShapes);
    List<String> outputs = graph.getConfiguration().getNetworkOutputs();
    return new Program(
        inputs,
        reading.ops(),
        outputs.stream().map(this::value).toList(),
        reading.training() ? outputs.stream().map(headInputs::get).toList() : List.of(),
        reading.isChannelsLast());
  }

  /** Reads all vertices, and returns the inputs. A shape is null where it is unknown. */
  private List<Value> read(List<? extends long @Nullable []> inputShapes) {
    List<String> names = graph.getConfiguration().getNetworkInputs();
    requireStandard(names.get(0));
    ImageFormat.requireOne(graph, reading.format());
    List<Value> inputs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Value input = input(names.get(i), inputShapes.get(i));
      if (input != null) {
        values.put(names.get(i), input);
        inputs.add(input);
      }
    }
    List<String> outputs = graph.getConfiguration().getNetworkOutputs();
    for (int index : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[index].getVertexName();
      GraphVertex vertex = graph.getConfiguration().getVertices().get(name);
      if (vertex != null) {
        Value result = result(name, thawed(vertex), outputs.contains(name));
        if (result != null) {
          values.put(name, result);
        }
      }
    }
    refusals.throwIfAny();
    return inputs;
  }

  private void requireStandard(String input) {
    ComputationGraphConfiguration configuration = graph.getConfiguration();
    if (configuration.getDataType() != DataType.FLOAT) {
      throw new UnsupportedGraphException(input, "the data type " + configuration.getDataType());
    }
    if (configuration.getBackpropType() != BackpropType.Standard) {
      throw new UnsupportedGraphException(input, "truncated back-propagation");
    }
  }

  private @Nullable Value input(String name, long @Nullable [] shape) {
    if (shape == null || (assumed && Arrays.stream(shape).anyMatch(size -> size < 1))) {
      return null; // the layer does not know its input either
    }
    if (shape.length != 2 && shape.length != 4) {
      String axes = reading.isChannelsLast() ? "[N, H, W, C]" : "[N, C, H, W]";
      refusals.add(
          new UnsupportedShapeException(
              name,
              "an input that is neither " + axes + " nor [N, F] but " + Arrays.toString(shape)));
      return null;
    }
    return new Value(name, reading.channelsFirst(shape));
  }

  private Value value(String name) {
    Value value = values.get(name);
    if (value == null) {
      throw new AssertionError(name + ": read before it was computed");
    }
    return value;
  }

  /** Reads a vertex, and returns its result; null if its shape is unknown. */
  private @Nullable Value result(String name, GraphVertex vertex, boolean output) {
    List<Value> inputs = new ArrayList<>();
    for (String input : inputs(name)) {
      Value value = values.get(input);
      if (value == null) {
        requireKnown(name, vertex);
        return null;
      }
      inputs.add(value);
    }
    try {
      return vertex(name, vertex, inputs, output);
    } catch (UnsupportedShapeException e) {
      if (!assumed) {
        refusals.add(e, vertex);
      }
    } catch (UnsupportedGraphException e) {
      refusals.add(e, vertex);
    } catch (IllegalArgumentException e) {
      if (!assumed && refusals.isEmpty()) {
        throw e;
      }
    }
    return Deeplearning4jShapes.output(name, vertex, inputs, reading.format());
  }

  private List<String> inputs(String name) {
    return graph.getConfiguration().getVertexInputs().getOrDefault(name, List.of());
  }

  /** Refuses a vertex whose class is not supported, whatever its inputs. */
  private void requireKnown(String name, GraphVertex vertex) {
    Object part =
        vertex instanceof LayerVertex
            ? new LayerReading(name, graph.getLayer(name), reading).configuration()
            : vertex;
    boolean known =
        part instanceof org.deeplearning4j.nn.conf.layers.Layer layer
            ? Operations.reads(layer)
            : Operations.reads(vertex);
    if (!known) {
      refusals.add(new UnsupportedGraphException(name, part.getClass().getSimpleName()), vertex);
    }
  }

  private Value vertex(String name, GraphVertex vertex, List<Value> inputs, boolean output) {
    VertexReading from = new VertexReading(name, reading);
    if (vertex.getClass() == LayerVertex.class) {
      return layer(name, (LayerVertex) vertex, from.only(inputs), output);
    }
    if (reading.training() && output) {
      throw from.unsupported("training with an output that is not an output layer");
    }
    boolean hasImages = inputs.stream().anyMatch(input -> input.rank() == 4);
    if (hasImages && reading.isChannelsLast() && !ANY_FORMAT.contains(vertex.getClass())) {
      throw from.unsupported(vertex.getClass().getSimpleName() + " of NHWC images");
    }
    return Operations.read(vertex, inputs, from);
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
    LayerReading from = new LayerReading(name, layer, reading);
    Value in = Reshape.read(vertex.getPreProcessor(), input, from);
    if (!reading.training() || !output) {
      Value out = Operations.read(from.configuration(), dropped(in, from), from);
      if (from.configuration() instanceof BaseLayer base) {
        checkTrainable(base, from);
      }
      return out;
    }
    if (layer instanceof org.deeplearning4j.nn.layers.OutputLayer
        || layer instanceof org.deeplearning4j.nn.layers.LossLayer
        || layer instanceof org.deeplearning4j.nn.layers.convolution.CnnLossLayer) {
      headInputs.put(name, in);
      checkTrainable((BaseLayer) from.configuration(), from);
      return from.configuration() instanceof OutputLayer head
          ? Dense.beforeActivation(head, dropped(in, from), from)
          : in;
    }
    throw from.unsupported(
        "training with an output layer of the type " + layer.getClass().getSimpleName());
  }

  private static Value dropped(Value in, LayerReading from) {
    return Dropout.read(from.configuration().getIDropout(), in, from);
  }

  private void checkTrainable(BaseLayer configuration, VertexReading from) {
    if (reading.training() && configuration.getWeightNoise() != null) {
      throw from.unsupported("weight noise (" + configuration.getWeightNoise() + ")");
    }
  }
}
