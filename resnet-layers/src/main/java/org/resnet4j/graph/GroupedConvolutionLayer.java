package org.resnet4j.graph;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.weights.WeightInitUtil;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A convolution of {@code [N, C, H, W]} in groups: each group of output channels reads only its own
 * group of input channels. Weights are {@code [out, in / groups, kH, kW]} in c order, as in
 * PyTorch. With one group per input channel it is a depthwise convolution.
 *
 * <pre>{@code
 * new GroupedConvolutionLayer(new ConvolutionLayer.Builder(3, 3).nOut(128).padding(1, 1), 32)
 * }</pre>
 */
public final class GroupedConvolutionLayer extends ConvolutionLayer {
  private static final long serialVersionUID = 1;

  @JsonProperty private int groups = 1;

  /** Creates an empty layer for Jackson. */
  @SuppressWarnings("unused")
  private GroupedConvolutionLayer() {}

  /**
   * Creates the convolution that {@code builder} describes, with a number of groups that divides
   * inputs and outputs.
   */
  public GroupedConvolutionLayer(Builder builder, int groups) {
    super(builder);
    this.groups = groups;
    // Building checks kernel, stride and padding.
    builder.build();
    requireDivisible("outputs", getNOut());
    requireDivisible("inputs", getNIn());
  }

  /** Returns the number of groups. */
  public int groups() {
    return groups;
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    super.setNIn(input, override);
    requireDivisible("inputs", getNIn());
    if (getCnn2dDataFormat() != CNN2DFormat.NCHW) {
      throw new IllegalArgumentException(
          "%s: a grouped convolution: expected images as NCHW but the input is %s"
              .formatted(getLayerName(), input));
    }
  }

  private void requireDivisible(String what, long channels) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "%s: expected groups that divide the %s %s but there are %s"
              .formatted(getLayerName(), channels, what, groups));
    }
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType dataType) {
    requireDivisible("inputs", getNIn());
    requireDivisible("outputs", getNOut());
    return NewLayer.in(
        configuration,
        new GroupedConvolution(configuration, dataType),
        listeners,
        index,
        parameters,
        initializer().init(configuration, parameters, initialise));
  }

  @Override
  public ParamInitializer initializer() {
    return Parameters.INSTANCE;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof GroupedConvolutionLayer that
        && groups == that.groups;
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + groups;
  }

  @Override
  protected boolean canEqual(Object other) {
    return other instanceof GroupedConvolutionLayer;
  }

  private long[] weightShape() {
    int[] kernel = getKernelSize();
    return new long[] {getNOut(), getNIn() / groups, kernel[0], kernel[1]};
  }

  /** The parameters of a convolution with fewer weights. */
  private static final class Parameters extends ConvolutionParamInitializer {
    static final Parameters INSTANCE = new Parameters();

    @Override
    public long numParams(org.deeplearning4j.nn.conf.layers.Layer layer) {
      return weightCount((GroupedConvolutionLayer) layer) + biasCount(layer);
    }

    private static long weightCount(GroupedConvolutionLayer layer) {
      long count = 1;
      for (long size : layer.weightShape()) {
        count *= size;
      }
      return count;
    }

    private static long biasCount(org.deeplearning4j.nn.conf.layers.Layer layer) {
      GroupedConvolutionLayer grouped = (GroupedConvolutionLayer) layer;
      return grouped.hasBias() ? grouped.getNOut() : 0;
    }

    @Override
    public Map<String, INDArray> getGradientsFromFlattened(
        NeuralNetConfiguration configuration, INDArray flat) {
      GroupedConvolutionLayer layer = (GroupedConvolutionLayer) configuration.getLayer();
      INDArray vector = flat.reshape(flat.length());
      long biases = biasCount(layer);
      Map<String, INDArray> gradients = new LinkedHashMap<>();
      if (biases > 0) {
        gradients.put(BIAS_KEY, vector.get(NDArrayIndex.interval(0, biases)));
      }
      gradients.put(
          WEIGHT_KEY,
          vector
              .get(NDArrayIndex.interval(biases, vector.length()))
              .reshape('c', layer.weightShape()));
      return gradients;
    }

    @Override
    protected INDArray createWeightMatrix(
        NeuralNetConfiguration configuration, INDArray weights, boolean initialise) {
      GroupedConvolutionLayer layer = (GroupedConvolutionLayer) configuration.getLayer();
      long[] shape = layer.weightShape();
      if (!initialise) {
        return WeightInitUtil.reshapeWeights(shape, weights, 'c');
      }
      int[] stride = layer.getStride();
      double window = (double) shape[2] * shape[3];
      double fanOut = window * shape[0] / layer.groups / ((double) stride[0] * stride[1]);
      return layer.getWeightInitFn().init(window * shape[1], fanOut, shape, 'c', weights);
    }
  }
}
