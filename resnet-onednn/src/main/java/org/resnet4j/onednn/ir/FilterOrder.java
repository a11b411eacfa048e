package org.resnet4j.onednn.ir;

/** The order in which Deeplearning4j stores the weights of a kind of convolution. */
public enum FilterOrder {
  /** The order {@code [out, in / groups, kH, kW]} of convolutions. */
  OUTPUTS_FIRST,
  /** The order {@code [kH, kW, in, multiplier]} of depthwise convolutions. */
  KERNEL_FIRST,
  /** The order {@code [multiplier, in, kH, kW]} of the depthwise part of separable convolutions. */
  MULTIPLIER_FIRST;

  /**
   * Returns the shape {@code [out, in / groups, kH, kW]} of weights of the shape {@code stored}.
   */
  public long[] shape(long[] stored) {
    return switch (this) {
      case OUTPUTS_FIRST -> stored.clone();
      case KERNEL_FIRST -> new long[] {stored[2] * stored[3], 1, stored[0], stored[1]};
      case MULTIPLIER_FIRST -> new long[] {stored[0] * stored[1], 1, stored[2], stored[3]};
    };
  }

  /** Returns whether the memory is that of {@link #OUTPUTS_FIRST}. */
  public boolean isPlain(long[] stored) {
    return this == OUTPUTS_FIRST || (this == MULTIPLIER_FIRST && stored[0] == 1);
  }

  /**
   * Returns the distances between neighbours along {@code [in, multiplier, 1, kH, kW]} of weights
   * that are not plain.
   */
  public long[] strides(long[] stored) {
    return switch (this) {
      case OUTPUTS_FIRST -> throw new AssertionError("plain weights have a layout");
      case KERNEL_FIRST -> {
        long outputs = stored[2] * stored[3];
        yield new long[] {stored[3], 1, 1, stored[1] * outputs, outputs};
      }
      case MULTIPLIER_FIRST -> {
        long pixels = stored[2] * stored[3];
        yield new long[] {pixels, stored[1] * pixels, 1, stored[3], 1};
      }
    };
  }

  /** Returns the index of the first weight of an output channel. */
  public long first(long output, long[] stored) {
    return switch (this) {
      case OUTPUTS_FIRST -> output * stored[1] * stored[2] * stored[3];
      case KERNEL_FIRST -> output;
      case MULTIPLIER_FIRST -> {
        long channel = output / stored[0];
        yield (output % stored[0] * stored[1] + channel) * stored[2] * stored[3];
      }
    };
  }

  /** Returns the distance between neighbouring weights of an output channel. */
  public long step(long[] stored) {
    return this == KERNEL_FIRST ? stored[2] * stored[3] : 1;
  }
}
