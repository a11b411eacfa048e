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
import org.nd4j.linalg.factory.Nd4j;

/**
 * A vertex that smooths images {@code [N, C, H, W]} and halves them, rounding up (Zhang, 2019,
 * "Making Convolutional Networks Shift-Invariant Again"). Along each axis, an output is the sum of
 * three values with weights 1/4, 1/2 and 1/4, and the edges are reflected, as in timm's {@code
 * BlurPool2d} with its defaults. Both sides must have at least 2 pixels.
 */
public final class BlurPoolVertex extends SimpleVertex {
  private static final long serialVersionUID = 1;

  private static final float[] TAPS = {0.25f, 0.5f, 0.25f};

  /**
   * Returns the weights of one axis, {@code [size, (size + 1) / 2]}: every column has those of an
   * output, with the reflected ones added to the values that they reflect.
   *
   * @param size pixels along the axis, at least 2
   */
  public static float[][] weights(int size) {
    if (size < 2) {
      throw new IllegalArgumentException(
          "blur: expected sides of at least 2 pixels to reflect at the edge but one was " + size);
    }
    float[][] weights = new float[size][(size + 1) / 2];
    for (int out = 0; out < weights[0].length; out++) {
      for (int tap = -1; tap <= 1; tap++) {
        int at = Math.abs(2 * out + tap);
        weights[at < size ? at : 2 * (size - 1) - at][out] += TAPS[tap + 1];
      }
    }
    return weights;
  }

  /**
   * Returns the filter of each channel for a convolution in groups, {@code [channels, 1, 3, 3]}.
   */
  public static float[] filters(int channels) {
    float[] filters = new float[channels * 9];
    for (int i = 0; i < filters.length; i++) {
      filters[i] = TAPS[i % 9 / 3] * TAPS[i % 3];
    }
    return filters;
  }

  @Override
  public GraphVertex clone() {
    return new BlurPoolVertex();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BlurPoolVertex;
  }

  @Override
  public int hashCode() {
    return BlurPoolVertex.class.hashCode();
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
    return new Vertex(graph, name, index, dataType);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType... inputs) {
    if (inputs.length == 1 && inputs[0] instanceof InputType.InputTypeConvolutional image) {
      return InputType.convolutional(
          (image.getHeight() + 1) / 2, (image.getWidth() + 1) / 2, image.getChannels());
    }
    throw new InvalidInputTypeException(
        "blur: expected one input of images [N, C, H, W] but the inputs are "
            + java.util.Arrays.toString(inputs));
  }

  /** The implementation of the vertex, as a product with the weights of each axis. */
  @NullUnmarked
  @SuppressWarnings("overrides") // BaseGraphVertex declares setInputs without varargs
  private static final class Vertex extends VertexWithoutParameters {
    private static final long serialVersionUID = 1;

    Vertex(ComputationGraph graph, String name, int index, DataType dataType) {
      super(graph, name, index, dataType);
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray in = inputs[0];
      return product(in, matrix(in, 2), matrix(in, 3), workspaces, ArrayType.ACTIVATIONS);
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      INDArray in = inputs[0];
      INDArray gradient =
          product(
              epsilon,
              matrix(in, 2).transpose(),
              matrix(in, 3).transpose(),
              workspaces,
              ArrayType.ACTIVATION_GRAD);
      return new Pair<>(null, new INDArray[] {gradient});
    }

    private static INDArray matrix(INDArray images, int axis) {
      return Nd4j.createFromArray(weights((int) images.size(axis))).castTo(images.dataType());
    }

    /** Returns {@code [N, C, H, W]} multiplied by {@code [H, H']} and {@code [W, W']}. */
    private static INDArray product(
        INDArray images,
        INDArray ofRows,
        INDArray ofColumns,
        LayerWorkspaceMgr workspaces,
        ArrayType kind) {
      long maps = images.size(0) * images.size(1);
      long height = images.size(2);
      long width = ofColumns.size(1);
      INDArray narrow =
          images.dup('c').reshape('c', maps * height, images.size(3)).mmul(ofColumns, 'c');
      INDArray turned = narrow.reshape('c', maps, height, width).permute(0, 2, 1).dup('c');
      INDArray small = turned.reshape('c', maps * width, height).mmul(ofRows, 'c');
      long[] shape = {images.size(0), images.size(1), ofRows.size(1), width};
      INDArray out = workspaces.createUninitialized(kind, images.dataType(), shape, 'c');
      return out.assign(
          small.reshape('c', shape[0], shape[1], width, shape[2]).permute(0, 1, 3, 2));
    }

    @Override
    public String toString() {
      return "BlurPoolVertex(name=%s)".formatted(vertexName);
    }
  }
}
