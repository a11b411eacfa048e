package org.resnet4j.arch;

/**
 * What weighs the channels that a residual branch puts out, before they are added to the shortcut.
 */
public enum Attention {
  /** Nothing. */
  NONE,
  /**
   * Factors in (0, 1) that two small layers compute from the means of all channels (Hu et al. 2017,
   * "Squeeze-and-Excitation Networks", figure 3 and section 3.2).
   */
  SQUEEZE_EXCITATION;

  /**
   * Features between the two layers: a sixteenth of the channels as in the paper, rounded to a
   * multiple of 8 and at least 8 as in timm's {@code SEModule}, which matters below 128 channels.
   */
  static int squeezed(int channels) {
    return Math.max(8, (channels + 64) / 128 * 8);
  }
}
