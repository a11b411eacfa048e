package org.resnet4j.weights;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The order of the axes of weights. No other class changes it. */
public enum Layout {
  /**
   * The layout of PyTorch, MXNet and their exports: convolutions {@code [out, in, height, width]},
   * dense layers {@code [out, in]}.
   */
  OUT_FIRST(new int[] {0, 1, 2, 3}, new int[] {1, 0}),
  /**
   * The layout of TensorFlow and Keras: convolutions {@code [height, width, in, out]}, dense layers
   * {@code [in, out]}.
   */
  OUT_LAST(new int[] {2, 3, 1, 0}, new int[] {0, 1});

  @SuppressWarnings("ImmutableEnumChecker") // never written
  private final int[] convolution;

  @SuppressWarnings("ImmutableEnumChecker") // never written
  private final int[] dense;

  Layout(int[] convolution, int[] dense) {
    this.convolution = convolution;
    this.dense = dense;
  }

  /**
   * Returns a view of Deeplearning4j's {@code parameter} with the axes of this layout; vectors
   * {@code [1, n]} become {@code [n]}.
   */
  INDArray view(ParameterKind kind, INDArray parameter) {
    if (kind != ParameterKind.WEIGHT) {
      return parameter.reshape(parameter.length());
    }
    return parameter.permute(parameter.rank() == 4 ? convolution : dense);
  }

  /** Returns weights of a dense layer as those of a 1×1 convolution in this layout. */
  INDArray pointwise(INDArray weights) {
    long[] shape = weights.shape();
    return this == OUT_FIRST
        ? weights.reshape(shape[0], shape[1], 1, 1)
        : weights.reshape(1, 1, shape[0], shape[1]);
  }

  /** Returns the axis that counts the inputs in weights of that rank. */
  public int inputAxis(int rank) {
    return this == OUT_FIRST ? 1 : rank - 2;
  }

  /** Returns the axis that counts the outputs in weights of that rank. */
  public int outputAxis(int rank) {
    return this == OUT_FIRST ? 0 : rank - 1;
  }

  /**
   * Returns the parameters of two classes whose logits are 0 and the output of {@code values}:
   * their softmax gives the second class the sigmoid of that output.
   *
   * @param values weights or bias of one output
   */
  float[] withFirstClass(float[] values) {
    float[] both = new float[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      both[this == OUT_FIRST ? values.length + i : 2 * i + 1] = values[i];
    }
    return both;
  }

  /**
   * Returns weights of a convolution for another number of input channels, as timm's {@code
   * adapt_input_conv}. For one channel, all are summed. Otherwise they are repeated in turn and
   * scaled by their number / the wanted number.
   *
   * @param values weights for {@code channels} input channels
   * @param shape shape in this layout, with the wanted number of input channels
   */
  float[] withInputChannels(float[] values, long[] shape, int channels) {
    int axis = inputAxis(shape.length);
    int wanted = (int) shape[axis];
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    float[] adapted = new float[values.length / channels * wanted];
    for (int i = 0; i < adapted.length; i++) {
      int outer = i / inner / wanted;
      int channel = i / inner % wanted;
      if (wanted == 1) {
        double sum = 0;
        for (int c = 0; c < channels; c++) {
          sum += values[(outer * channels + c) * inner + i % inner];
        }
        adapted[i] = (float) sum;
      } else {
        float value = values[(outer * channels + channel % channels) * inner + i % inner];
        adapted[i] = value * channels / wanted;
      }
    }
    return adapted;
  }
}
