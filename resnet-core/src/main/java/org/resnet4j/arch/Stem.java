package org.resnet4j.arch;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The layers before the first residual block: convolutions and a pooling, or one fully connected
 * layer, or none.
 *
 * <pre>{@code
 * Architectures.byName("resnet50").with(arch -> arch.stem(Stem.of(Stem.Pooling.MAX,
 *     new Stem.Convolution(3, 2, 48), new Stem.Convolution(3, 1, 64))));
 * }</pre>
 *
 * @param norms the positions of batch norms and ReLUs
 * @param convolutions first to last
 * @param features outputs of a fully connected layer, the stem's last; 0 for none
 */
public record Stem(Norms norms, List<Convolution> convolutions, Pooling pooling, int features) {
  private static final int MOST_CONVOLUTIONS = 16;
  private static final int LARGEST_KERNEL = 31;

  /**
   * The positions of a stem's batch norms; one that follows a convolution is followed by a ReLU.
   */
  public enum Norms {
    /**
     * A norm after each convolution; in pre-activation networks the first block has the last one.
     */
    USUAL,
    /**
     * A norm of the images and after each convolution, in pre-activation networks too, as in the
     * {@code ResNetV2} of MXNet's Gluon.
     */
    IMAGES_AND_ALL_CONVOLUTIONS
  }

  /** The pooling after a stem's convolutions. */
  public enum Pooling {
    /** A stem without pooling. */
    NONE,
    /** A 3×3 maximum with stride 2. */
    MAX,
    /**
     * A {@link #MAX} pooling with zeros around its input, as in {@code keras.applications}. It
     * differs from {@link #MAX} in pre-activation networks, where no ReLU precedes it.
     */
    MAX_ZERO_PADDED
  }

  /**
   * A convolution of a stem.
   *
   * @param kernel odd side of its window in pixels
   * @param stride 1 or 2
   * @param channels channels of its output
   */
  public record Convolution(int kernel, int stride, int channels) {
    public Convolution {
      Check.that(
          kernel >= 1 && kernel <= LARGEST_KERNEL && kernel % 2 == 1,
          "stem: expected odd kernels from 1 to " + LARGEST_KERNEL + " but one was " + kernel);
      Check.that(
          stride == 1 || stride == 2, "stem: expected strides of 1 or 2 but one was " + stride);
      Check.that(
          Check.isSize(channels),
          "stem: expected convolutions of 1 to %s channels but one had %s"
              .formatted(Check.MOST, channels));
    }

    @Override
    public String toString() {
      return "conv %sx%s%s %s".formatted(kernel, kernel, stride == 1 ? "" : "/" + stride, channels);
    }
  }

  public Stem {
    convolutions = List.copyOf(convolutions);
    Check.that(
        convolutions.size() <= MOST_CONVOLUTIONS,
        "stem: expected at most %s convolutions but there were %s"
            .formatted(MOST_CONVOLUTIONS, convolutions.size()));
    Check.that(
        features == 0 || Check.isSize(features),
        "stem: expected 1 to %s features, or 0 for no linear layer, but there were %s"
            .formatted(Check.MOST, features));
    Check.that(
        features == 0
            || (convolutions.isEmpty() && pooling == Pooling.NONE && norms == Norms.USUAL),
        "stem: a linear layer must be the only one, but there were also convolutions %s, pooling %s and norms %s"
            .formatted(convolutions, pooling, norms));
  }

  /** Returns a stem of convolutions, each with batch norm and ReLU, followed by {@code pooling}. */
  public static Stem of(Pooling pooling, Convolution... convolutions) {
    return new Stem(Norms.USUAL, List.of(convolutions), pooling, 0);
  }

  /**
   * Returns a 7×7 convolution with stride 2, then 3×3 max-pooling with stride 2 (He et al., 2015,
   * table 1).
   */
  public static Stem imagenet(int width) {
    return of(Pooling.MAX, new Convolution(7, 2, width));
  }

  /** Returns one 3×3 convolution with stride 1 (He et al., 2015, section 4.2). */
  public static Stem cifar(int width) {
    return of(Pooling.NONE, new Convolution(3, 1, width));
  }

  /**
   * Returns three 3×3 convolutions, the first with stride 2, then max-pooling. Their channels are
   * half, half and all of {@code width} (He et al., 2019, "Bag of Tricks", figure 2b: ResNet-C and
   * -D).
   */
  public static Stem deep(int width) {
    return threeConvolutions(32, 32).withWidth(width);
  }

  /**
   * Returns {@link #deep} with three eighths, half and all of {@code width}, as in timm's ResNet-T.
   */
  public static Stem tiered(int width) {
    return threeConvolutions(24, 32).withWidth(width);
  }

  private static Stem threeConvolutions(int first, int second) {
    return of(
        Pooling.MAX,
        new Convolution(3, 2, first),
        new Convolution(3, 1, second),
        new Convolution(3, 1, 64));
  }

  /** Returns one fully connected layer, for vectors. */
  public static Stem linear(int features) {
    return new Stem(Norms.USUAL, List.of(), Pooling.NONE, features);
  }

  /** Returns an empty stem; the first block reads the input. */
  public static Stem none() {
    return linear(0);
  }

  /** Returns this stem with other norms. */
  public Stem withNorms(Norms value) {
    return new Stem(value, convolutions, pooling, features);
  }

  /** Returns this stem with another pooling. */
  public Stem withPooling(Pooling value) {
    return new Stem(norms, convolutions, value, features);
  }

  /**
   * Returns this stem with {@code width} channels at its end and the channels before scaled in
   * proportion.
   */
  public Stem withWidth(int width) {
    if (width == width()) {
      return this;
    }
    Check.that(
        Check.isSize(width),
        "expected a stem of 1 to %s channels but it had %s".formatted(Check.MOST, width));
    Check.that(width() > 0, "stem: an empty stem has no width, but it was " + width);
    List<Convolution> scaled = new ArrayList<>();
    for (Convolution next : convolutions) {
      long channels = (long) next.channels * width;
      Check.that(
          channels % width() == 0,
          "stem: expected a width in which the channels %s have whole parts but was %s"
              .formatted(channels(), width));
      scaled.add(new Convolution(next.kernel, next.stride, (int) (channels / width())));
    }
    return new Stem(norms, scaled, pooling, features == 0 ? 0 : width);
  }

  /** Returns the channels or features of the output; 0 if there is no layer. */
  public int width() {
    return convolutions.isEmpty() ? features : convolutions.get(convolutions.size() - 1).channels;
  }

  /** Returns whether this stem differs from others in pre-activation networks alone. */
  boolean isForPreActivation() {
    return norms != Norms.USUAL || pooling == Pooling.MAX_ZERO_PADDED;
  }

  /** Returns the number of layers with stride 2. */
  int halvings() {
    return Math.toIntExact(
        convolutions.stream().filter(next -> next.stride == 2).count()
            + (pooling == Pooling.NONE ? 0 : 1));
  }

  private String channels() {
    return convolutions.stream().map(next -> String.valueOf(next.channels)).collect(joining("-"));
  }

  /** Returns the layers in one line, for example {@code conv 7x7/2 64 + max pool}. */
  @Override
  public String toString() {
    if (width() == 0 && pooling == Pooling.NONE) {
      return "none";
    }
    Stream<String> layers =
        Stream.of(
                Stream.of(norms == Norms.USUAL ? "" : "batch norm"),
                convolutions.stream().map(Convolution::toString),
                Stream.of(features == 0 ? "" : "linear " + features),
                Stream.of(text(pooling)))
            .flatMap(text -> text);
    return layers.filter(text -> !text.isEmpty()).collect(joining(" + "));
  }

  private static String text(Pooling pooling) {
    return switch (pooling) {
      case NONE -> "";
      case MAX -> "max pool";
      case MAX_ZERO_PADDED -> "max pool of zero edges";
    };
  }
}
