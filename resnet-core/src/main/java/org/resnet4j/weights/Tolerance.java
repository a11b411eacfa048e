package org.resnet4j.weights;

/**
 * The differences that a {@link WeightBinder} can accept and report, instead of refusing the file.
 */
public enum Tolerance {
  /**
   * The file's classifier has another number of classes or several layers, or the file has none;
   * the network's classifier keeps its initial weights.
   */
  OTHER_CLASSES,
  /**
   * The first convolution reads another number of channels. Its weights are summed for one channel,
   * or else repeated and scaled by 3 / channels, as in timm's {@code adapt_input_conv}.
   */
  OTHER_CHANNELS,
  /** The file lacks tensors; their parameters keep their initial values. */
  MISSING,
  /** The file holds tensors that belong to no parameter. */
  UNEXPECTED
}
