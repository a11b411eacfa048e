package org.resnet4j.cli;

import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import picocli.CommandLine.Option;

/** The options by which commands change a model's way from images to its input. */
final class PipelineOptions implements Checked {
  @Option(
      names = "--fit",
      paramLabel = "FIT",
      description =
          "How images become the network's size: stretch, crop:256 or crop:0.875 (shorter side, or"
              + " share of it, before a centre crop), pad, pad:RRGGBB, exact (default: the"
              + " model's).")
  @Nullable String fit;

  @Option(
      names = "--interpolation",
      paramLabel = "FILTER",
      description = "Filter of the resize: bilinear, bicubic, box, hamming or lanczos.")
  @Nullable String interpolation;

  @Option(
      names = "--mean",
      paramLabel = "M[,M,M]",
      description =
          "Means that are subtracted from pixels in [0, 1], or from bytes if a value exceeds 1.")
  @Nullable String mean;

  @Option(
      names = "--std",
      paramLabel = "S[,S,S]",
      description = "Standard deviations by which pixels are divided, with --mean (default: 1).")
  @Nullable String std;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      description = "Channel order of the network, rgb or bgr, with --mean (default: rgb).")
  @Nullable String order;

  @Override
  public void check() {
    Interpolation filter =
        interpolation == null ? Interpolation.BILINEAR : Interpolation.parse(interpolation);
    if (fit != null) {
      Fit.parse(fit, new Shape(3, 224, 224), filter);
    }
    if (mean == null && (std != null || order != null)) {
      throw new IllegalArgumentException(
          "%s: expected --mean beside it, for example --mean 103.939,116.779,123.68 --std 1 --order bgr"
              .formatted(std != null ? "--std" : "--order"));
    }
    normalization();
  }

  /** Refuses channel statistics that there are not, and those beside {@code --mean}. */
  void check(@Nullable String stats) {
    requireOne(stats);
    if (stats != null) {
      ChannelStats.byName(stats);
    }
  }

  /** Refuses channel statistics beside {@code --mean}. */
  void requireOne(@Nullable String stats) {
    if (stats != null && mean != null) {
      throw new IllegalArgumentException("--stats: expected no --mean beside it; leave out one");
    }
  }

  private @Nullable Normalization normalization() {
    return mean == null
        ? null
        : Normalization.parse(mean, std == null ? "1" : std, order == null ? "rgb" : order);
  }

  /** Returns {@code model} with what these options change. */
  ImagePipeline apply(ImagePipeline model) {
    Interpolation filter =
        interpolation == null ? model.fit().interpolation() : Interpolation.parse(interpolation);
    ImagePipeline fitted =
        model.with(fit == null ? model.fit().with(filter) : Fit.parse(fit, model.output(), filter));
    Normalization chosen = normalization();
    return chosen == null ? fitted : fitted.with(chosen);
  }

  /** Returns {@code model} with the channel statistics of {@code --stats} and these options. */
  ImagePipeline apply(ImagePipeline model, @Nullable String stats) {
    return apply(stats == null ? model : model.with(ChannelStats.byName(stats).normalization()));
  }
}
