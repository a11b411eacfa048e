package org.resnet4j.graph;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The implementation of {@link GroupedConvolutionLayer}: ND4J's convolution, applied to one group
 * at a time. Deeplearning4j sets the input.
 */
@NullUnmarked
final class GroupedConvolution extends ConvolutionLayer {
  private static final long serialVersionUID = 1;

  /**
   * True if the forward pass computes on copies. ND4J's natives for ARM64 leave it to the Arm
   * Compute Library, which writes outside of views of some channels and ends the process.
   */
  private static final boolean COPIES = "aarch64".equals(System.getProperty("os.arch"));

  GroupedConvolution(NeuralNetConfiguration configuration, DataType dataType) {
    super(configuration, dataType);
    helper = null; // does not support groups
  }

  private int groups() {
    return ((GroupedConvolutionLayer) layerConf()).groups();
  }

  /** Returns the convolution before activation; nothing is kept for the backward pass. */
  @Override
  protected Pair<INDArray, INDArray> preOutput(
      boolean training, boolean forBackprop, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    validateInputRank();
    validateInputDepth(layerConf().getNIn());
    INDArray in = input.castTo(dataType);
    INDArray weights =
        getParamWithNoise(ConvolutionParamInitializer.WEIGHT_KEY, training, workspaces);
    int[] size =
        ConvolutionUtils.getOutputSize(
            in,
            layerConf().getKernelSize(),
            layerConf().getStride(),
            convolutionMode == ConvolutionMode.Same ? null : layerConf().getPadding(),
            convolutionMode,
            layerConf().getDilation(),
            CNN2DFormat.NCHW);
    INDArray out =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS,
            dataType,
            new long[] {in.size(0), weights.size(0), size[0], size[1]},
            'c');
    for (int group = 0; group < groups(); group++) {
      forward(channels(in, group), outputs(weights, group), channels(out, group), COPIES);
    }
    if (hasBias()) {
      INDArray bias = getParamWithNoise(ConvolutionParamInitializer.BIAS_KEY, training, workspaces);
      out.addi(bias.reshape(1, bias.length(), 1, 1));
    }
    return new Pair<>(out, null);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray in = input.castTo(dataType);
    INDArray weights = getParamWithNoise(ConvolutionParamInitializer.WEIGHT_KEY, true, workspaces);
    INDArray delta = beforeActivation(epsilon.castTo(dataType), workspaces);
    INDArray weightGradient = gradientViews.get(ConvolutionParamInitializer.WEIGHT_KEY);
    INDArray below =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, dataType, in.shape(), 'c');
    for (int group = 0; group < groups(); group++) {
      execute(
          "conv2d_bp",
          List.of(channels(in, group), outputs(weights, group), channels(delta, group)),
          List.of(channels(below, group), outputs(weightGradient, group)));
    }
    Gradient gradient = new DefaultGradient();
    if (hasBias()) {
      INDArray biasGradient = gradientViews.get(ConvolutionParamInitializer.BIAS_KEY);
      delta.sum(biasGradient, 0, 2, 3);
      gradient.setGradientFor(ConvolutionParamInitializer.BIAS_KEY, biasGradient);
    }
    gradient.setGradientFor(ConvolutionParamInitializer.WEIGHT_KEY, weightGradient, 'c');
    weightNoiseParams.clear();
    return new Pair<>(gradient, backpropDropOutIfPresent(below));
  }

  private INDArray beforeActivation(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    IActivation activation = layerConf().getActivationFn();
    return activation instanceof ActivationIdentity
        ? epsilon
        : activation.backprop(preOutput(true, true, workspaces).getFirst(), epsilon).getFirst();
  }

  /**
   * Writes a convolution of {@code in} into {@code out}, two views of channels.
   *
   * @param copies whether ND4J gets arrays without gaps
   */
  void forward(INDArray in, INDArray weights, INDArray out, boolean copies) {
    if (copies) {
      INDArray whole = Nd4j.createUninitialized(out.dataType(), out.shape(), 'c');
      execute("conv2d", List.of(in.dup('c'), weights), List.of(whole));
      out.assign(whole);
    } else {
      execute("conv2d", List.of(in, weights), List.of(out));
    }
  }

  private void execute(String operation, List<INDArray> inputs, List<INDArray> outputs) {
    boolean same = convolutionMode == ConvolutionMode.Same;
    int[] kernel = layerConf().getKernelSize();
    int[] stride = layerConf().getStride();
    int[] padding = same ? new int[2] : layerConf().getPadding();
    int[] dilation = layerConf().getDilation();
    Nd4j.exec(
        DynamicCustomOp.builder(operation)
            .addInputs(inputs.toArray(new INDArray[0]))
            .addOutputs(outputs.toArray(new INDArray[0]))
            .addIntegerArguments(
                kernel[0],
                kernel[1],
                stride[0],
                stride[1],
                padding[0],
                padding[1],
                dilation[0],
                dilation[1],
                same ? 1 : 0,
                0 /* NCHW */,
                1 /* [out, in, kH, kW] */)
            .build());
  }

  /** Returns a view of a group's channels of {@code [N, C, H, W]}. */
  private INDArray channels(INDArray images, int group) {
    return part(images, 1, group);
  }

  /** Returns a view of a group's outputs of {@code [out, in / groups, kH, kW]}. */
  private INDArray outputs(INDArray weights, int group) {
    return part(weights, 0, group);
  }

  /**
   * Returns a view of a part; {@code INDArray.get} returns an empty array for some parts of views.
   */
  private INDArray part(INDArray whole, int axis, int group) {
    long[] shape = whole.shape().clone();
    shape[axis] /= groups();
    long offset = whole.offset() + group * shape[axis] * whole.stride(axis);
    return Nd4j.create(whole.data(), shape, whole.stride(), offset, whole.ordering());
  }
}
