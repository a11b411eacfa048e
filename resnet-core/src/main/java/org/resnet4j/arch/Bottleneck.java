package org.resnet4j.arch;

/**
 * The options that only bottlenecks have; other blocks use {@link #PLAIN}.
 *
 * @param groups parallel branches of the 3×3 convolutions, the cardinality of Xie et al., 2016; 1
 *     except in a ResNeXt
 * @param baseWidth channels of each branch for every 64 of the stage's width: 128 in a wide
 *     ResNet-50-2, 4 in a ResNeXt-50 32×4d
 * @param downsampling the convolution that has the stride
 */
public record Bottleneck(int groups, int baseWidth, Downsampling downsampling) {
  /** The base width of an ordinary network. */
  static final int UNIT = 64;

  /**
   * A bottleneck of one branch as wide as its stage, with the stride in the 3×3 convolution, as in
   * torchvision.
   */
  public static final Bottleneck PLAIN = new Bottleneck(1, UNIT, Downsampling.SPATIAL_CONV);

  public Bottleneck {
    Check.that(groups >= 1, "groups: expected at least 1 but there were " + groups);
    Check.that(baseWidth >= 1, "base width: expected at least 1 but was " + baseWidth);
  }

  /** Returns the number of channels of the 3×3 convolutions in a stage of {@code width}. */
  long channels(int width) {
    return (long) width * baseWidth / UNIT * groups;
  }
}
