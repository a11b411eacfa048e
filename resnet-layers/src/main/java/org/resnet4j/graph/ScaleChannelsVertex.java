package org.resnet4j.graph;

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
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A vertex that multiplies images {@code [N, C, H, W]}, the first input, by factors {@code [N, C]},
 * the second. Each channel of each image has its own factor. It is the last step of
 * squeeze-and-excitation (Hu et al., 2017, equation 4).
 */
public final class ScaleChannelsVertex extends SimpleVertex {
  private static final long serialVersionUID = 1;

  @Override
  public GraphVertex clone() {
    return new ScaleChannelsVertex();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScaleChannelsVertex;
  }

  @Override
  public int hashCode() {
    return ScaleChannelsVertex.class.hashCode();
  }

  @Override
  int inputs() {
    return 2;
  }

  @Override
  public Vertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType dataType) {
    return new Vertex(graph, name, index, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (inputs.length == 2
        && inputs[0] instanceof InputType.InputTypeConvolutional image
        && inputs[1] instanceof InputType.InputTypeFeedForward factors
        && image.getChannels() == factors.getSize()) {
      return image;
    }
    throw new InvalidInputTypeException(
        "channels are scaled by one factor each: expected images [N, C, H, W] and factors [N, C] but the inputs are "
            + java.util.Arrays.toString(inputs));
  }

  /** The implementation of the vertex. */
  @NullUnmarked
  @SuppressWarnings("overrides") // BaseGraphVertex declares setInputs without varargs
  private static final class Vertex extends VertexWithoutParameters {
    private static final long serialVersionUID = 1;

    Vertex(ComputationGraph graph, String name, int index, DataType dataType) {
      super(graph, name, index, dataType);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      return scaled(inputs[0], ArrayType.ACTIVATIONS, workspaces);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      INDArray ofImages = scaled(epsilon, ArrayType.ACTIVATION_GRAD, workspaces);
      INDArray ofFactors =
          workspaces.createUninitialized(
              ArrayType.ACTIVATION_GRAD, epsilon.dataType(), inputs[1].shape(), 'c');
      epsilon.mul(inputs[0]).sum(ofFactors, 2, 3);
      return new Pair<>(null, new INDArray[] {ofImages, ofFactors});
    }

    private INDArray scaled(INDArray images, ArrayType kind, LayerWorkspaceMgr workspaces) {
      INDArray out = workspaces.createUninitialized(kind, images.dataType(), images.shape(), 'c');
      Nd4j.exec(new BroadcastMulOp(images, inputs[1], out, 0, 1));
      return out;
    }

    @Override
    public String toString() {
      return "ScaleChannelsVertex(name=%s)".formatted(vertexName);
    }
  }
}
