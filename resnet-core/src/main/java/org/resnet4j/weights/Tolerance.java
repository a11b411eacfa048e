package org.resnet4j.weights;

/** What a {@link WeightBinder} accepts, and reports, instead of refusing the file. */
public enum Tolerance {
  /** The classifier is for another number of classes: it keeps its initial weights. */
  OTHER_CLASSES,
  /**
   * The first convolution reads another number of channels: its weights are summed for one channel,
   * repeated and scaled by 3 / channels for others, as timm's {@code adapt_input_conv} does.
   */
  OTHER_CHANNELS,
  /** The file lacks tensors: their parameters keep their initial values. */
  MISSING,
  /** The file holds tensors that belong to no parameter. */
  UNEXPECTED
}
