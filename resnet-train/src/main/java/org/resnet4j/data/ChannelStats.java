package org.resnet4j.data;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.List;
import org.resnet4j.image.Normalization;

/**
 * The mean and standard deviation of each channel, of pixels in [0, 1], that training images are
 * normalised with.
 *
 * @param name as on the command line
 * @param basis the pixels measured, and the estimator
 * @param mean one for each channel, or one for all
 * @param std one for each mean, all positive
 */
public record ChannelStats(String name, String basis, List<Double> mean, List<Double> std) {
  private static final String TRAINING = "all pixels of the training images, population std";

  /** The statistics that leave pixels in [0, 1]. */
  public static final ChannelStats NONE = named("none", "no data", one(0.0), one(1.0));

  /**
   * The statistics of Fashion-MNIST's 60,000 training images; {@code ChannelStatsTest} recomputes
   * them.
   */
  public static final ChannelStats FASHION_MNIST =
      named("fashion-mnist", TRAINING, one(0.2860), one(0.3530));

  /** The statistics of MNIST's 60,000 training images. */
  public static final ChannelStats MNIST = named("mnist", TRAINING, one(0.1307), one(0.3081));

  /**
   * The statistics of CIFAR-10's 50,000 training images; {@code ChannelStatsTest} recomputes them
   * from a JPEG copy.
   */
  public static final ChannelStats CIFAR10 =
      named("cifar10", TRAINING, List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));

  /** The statistics of CIFAR-100's 50,000 training images. */
  public static final ChannelStats CIFAR100 =
      named("cifar100", TRAINING, List.of(0.5071, 0.4865, 0.4409), List.of(0.2673, 0.2564, 0.2762));

  /** The statistics that torchvision's weights expect; pytorch.org/vision/stable/models.html. */
  public static final ChannelStats IMAGENET =
      named(
          "imagenet",
          "torchvision's convention, from a sample of the training images",
          Normalization.TORCHVISION.mean(),
          Normalization.TORCHVISION.std());

  private static final List<ChannelStats> TABLE =
      List.of(NONE, FASHION_MNIST, MNIST, CIFAR10, CIFAR100, IMAGENET);

  public ChannelStats {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty()
        || mean.size() != std.size()
        || !mean.stream().allMatch(Double::isFinite)
        || !std.stream().allMatch(value -> value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(
          "channel statistics %s: expected one mean and one positive std a channel but they were %s and %s"
              .formatted(name, mean, std));
    }
  }

  /** Returns the statistics called {@code name}. */
  public static ChannelStats byName(String name) {
    return TABLE.stream()
        .filter(stats -> stats.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "channel statistics: expected one of %s but was \"%s\""
                        .formatted(
                            TABLE.stream().map(ChannelStats::name).collect(joining(", ")), name)));
  }

  /**
   * Returns the statistics of all pixels of {@code source}, from one pass over it.
   *
   * @throws IllegalArgumentException when images differ in their channels, or all pixels of a
   *     channel are equal
   */
  public static ChannelStats of(ImageSource source) throws IOException {
    ChannelHistogram histogram = new ChannelHistogram();
    for (int i = 0; i < source.size(); i++) {
      histogram.add(i, source.read(i));
    }
    List<double[]> measured = histogram.meansAndStds();
    return new ChannelStats(
        "measured",
        "all pixels of %s images, population std".formatted(histogram.images()),
        measured.stream().map(channel -> channel[0]).toList(),
        measured.stream().map(channel -> channel[1]).toList());
  }

  /** Returns the normalisation by these statistics. */
  public Normalization normalization() {
    return Normalization.rgb(mean, std);
  }

  private static ChannelStats named(
      String name, String basis, List<Double> mean, List<Double> std) {
    return new ChannelStats(name, basis, mean, std);
  }

  private static List<Double> one(double value) {
    return List.of(value);
  }
}
