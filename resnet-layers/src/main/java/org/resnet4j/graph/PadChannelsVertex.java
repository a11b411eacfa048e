package org.resnet4j.graph;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A vertex that adds channels of zeros: {@code [N, C, H, W]} to {@code [N, before + C + after, H,
 * W]}. It is the parameter-free shortcut of He et al., 2015, section 4.1, option A.
 */
public final class PadChannelsVertex extends SimpleVertex {
  private static final long serialVersionUID = 1;

  @JsonProperty private final int before;
  @JsonProperty private final int after;

  public PadChannelsVertex(@JsonProperty("before") int before, @JsonProperty("after") int after) {
    this.before = before;
    this.after = after;
  }

  /** Returns the number of zero channels before the input's. */
  public int before() {
    return before;
  }

  /** Returns the number of zero channels after the input's. */
  public int after() {
    return after;
  }

  @Override
  public GraphVertex clone() {
    return new PadChannelsVertex(before, after);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PadChannelsVertex that && before == that.before && after == that.after;
  }

  @Override
  public int hashCode() {
    return Objects.hash(before, after);
  }

  @Override
  int inputs() {
    return 1;
  }

  @Override
  public Vertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType dataType) {
    return new Vertex(graph, name, index, dataType, before, after);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (inputs.length == 1 && inputs[0] instanceof InputType.InputTypeConvolutional image) {
      return InputType.convolutional(
          image.getHeight(), image.getWidth(), before + image.getChannels() + after);
    }
    throw new InvalidInputTypeException(
        "zero channels can be added to one image input [N, C, H, W] only");
  }

  /** The implementation of the vertex. */
  @NullUnmarked
  @SuppressWarnings("overrides") // BaseGraphVertex declares setInputs without varargs
  private static final class Vertex extends VertexWithoutParameters {
    private static final long serialVersionUID = 1;

    private final int before;
    private final int after;

    Vertex(
        ComputationGraph graph, String name, int index, DataType dataType, int before, int after) {
      super(graph, name, index, dataType);
      this.before = before;
      this.after = after;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray in = inputs[0];
      long channels = in.size(1);
      INDArray out =
          workspaces.create(
              ArrayType.ACTIVATIONS,
              in.dataType(),
              new long[] {in.size(0), before + channels + after, in.size(2), in.size(3)},
              'c');
      out.put(middle(channels), in);
      return out;
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      long channels = epsilon.size(1) - before - after;
      INDArray out = workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon.get(middle(channels)), 'c');
      return new Pair<>(null, new INDArray[] {out});
    }

    private INDArrayIndex[] middle(long channels) {
      return new INDArrayIndex[] {
        NDArrayIndex.all(),
        NDArrayIndex.interval(before, before + channels),
        NDArrayIndex.all(),
        NDArrayIndex.all()
      };
    }

    @Override
    public String toString() {
      return "PadChannelsVertex(name=%s,before=%s,after=%s)".formatted(vertexName, before, after);
    }
  }
}
