package org.resnet4j.graph;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A group norm of images {@code [N, C, H, W]} (Wu and He, 2018, "Group Normalization"): every image
 * is normalised by mean and biased variance of each of {@code groups} groups of neighbouring
 * channels, then scaled and shifted by γ and β of each channel, as {@code torch.nn.GroupNorm} does.
 * It computes the same in training and at inference.
 */
public final class GroupNormLayer extends FeedForwardLayer {
  private static final long serialVersionUID = 1;

  @JsonProperty private int groups = 1;
  @JsonProperty private double epsilon = 1e-5;
  @JsonProperty private double scale = 1;
  @JsonProperty private boolean decayed;

  /** Creates an empty layer for Jackson. */
  @SuppressWarnings("unused")
  private GroupNormLayer() {}

  /**
   * Creates a layer.
   *
   * @param groups number of groups, which divides the channels
   * @param epsilon value that is added to the variance
   * @param scale initial γ of every channel
   * @param decayed whether γ and β are regularised as weights are
   */
  public GroupNormLayer(long channels, int groups, double epsilon, double scale, boolean decayed) {
    this.groups = groups;
    this.epsilon = epsilon;
    this.scale = scale;
    this.decayed = decayed;
    setNIn(channels);
    setNOut(channels);
    setActivationFn(new ActivationIdentity());
    requireDivisible();
  }

  private void requireDivisible() {
    if (groups < 1 || getNOut() % groups != 0) {
      throw new IllegalArgumentException(
          "%s: expected groups that divide the channels %s but there are %s"
              .formatted(getLayerName(), getNOut(), groups));
    }
  }

  /** Returns the number of groups. */
  public int getGroups() {
    return groups;
  }

  /** Returns the value that is added to the variance. */
  public double getEpsilon() {
    return epsilon;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialise,
      DataType dataType) {
    requireDivisible();
    return NewLayer.in(
        configuration,
        new GroupNorm(configuration, dataType),
        listeners,
        index,
        parameters,
        initializer().init(configuration, parameters, initialise));
  }

  @Override
  public ParamInitializer initializer() {
    return new ScaleAndShift(scale);
  }

  @Override
  public InputType getOutputType(int layerIndex, InputType input) {
    if (input instanceof InputType.InputTypeConvolutional image
        && image.getFormat() == CNN2DFormat.NCHW
        && image.getChannels() == getNIn()) {
      return input;
    }
    throw new InvalidInputTypeException(
        "%s: a group norm: expected images [N, C, H, W] of %s channels but the input is %s"
            .formatted(getLayerName(), getNIn(), input));
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    getOutputType(-1, input);
  }

  @Override
  public @Nullable InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String paramName) {
    return decayed ? getRegularization() : null;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    long values = input.arrayElementsPerExample();
    return new LayerMemoryReport.Builder(getLayerName(), GroupNormLayer.class, input, input)
        .standardMemory(2 * getNOut(), 2 * getNOut())
        .workingMemory(0, 0, values, 2 * values)
        .cacheMemory(0, 0)
        .build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return super.equals(other)
        && other instanceof GroupNormLayer that
        && groups == that.groups
        && Double.compare(epsilon, that.epsilon) == 0
        && Double.compare(scale, that.scale) == 0
        && decayed == that.decayed;
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + groups;
  }

  @Override
  protected boolean canEqual(Object other) {
    return other instanceof GroupNormLayer;
  }
}
