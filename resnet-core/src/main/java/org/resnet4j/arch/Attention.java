package org.resnet4j.arch;

/** The weighting of a residual branch's output channels before they are added to the shortcut. */
public enum Attention {
  /** A residual branch without attention. */
  NONE,
  /**
   * The squeeze-and-excitation attention (Hu et al., 2017, "Squeeze-and-Excitation Networks",
   * figure 3 and section 3.2). Two small layers compute a factor in (0, 1) for each channel from
   * the means of all channels.
   */
  SQUEEZE_EXCITATION,
  /**
   * The efficient channel attention (Wang et al., 2019, "ECA-Net"). The factor of a channel is a
   * sigmoid of a convolution over the means of the channels beside it.
   */
  ECA;

  /**
   * Returns the number of neighbouring channels that {@link #ECA} reads: the nearest odd number to
   * (log2 of the channels + 1) / 2 as in the paper, rounded as timm's {@code EcaModule} does.
   */
  static int neighbours(int channels) {
    int count = (int) ((Math.log(channels) / Math.log(2) + 1) / 2);
    return Math.max(count % 2 == 1 ? count : count + 1, 3);
  }

  /**
   * Returns the number of features between the two layers. It is a sixteenth of the channels as in
   * the paper, rounded to a multiple of 8 and at least 8 as in timm's {@code SEModule}. The
   * rounding matters below 128 channels.
   */
  static int squeezed(int channels) {
    return Math.max(8, (channels + 64) / 128 * 8);
  }
}
