package org.resnet4j.zoo;

import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Family;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;

/** The image pipelines and classes of weights that do not state theirs. */
final class WeightPipelines {
  /** The ratio of crop to resized side in torchvision's pipeline. */
  private static final double CROPPED = 0.875;

  private WeightPipelines() {}

  /**
   * Returns the pipeline of weights for {@code architecture}.
   *
   * @param naming key mapping of their file, which tells the program that trained them; empty if
   *     unknown
   */
  static ImagePipeline of(Architecture architecture, String naming) {
    Shape input = architecture.input();
    Normalization values = normalization(architecture, naming);
    if (architecture.family() != Family.IMAGENET || input.channels() != 3) {
      return ImagePipeline.of(input, Fit.stretch(Interpolation.BILINEAR), values);
    }
    return ImagePipeline.of(input, Fit.centerCrop(input, CROPPED, Interpolation.BILINEAR), values);
  }

  private static Normalization normalization(Architecture architecture, String naming) {
    if (architecture.input().channels() != 3) {
      return Normalization.UNIT;
    }
    return switch (naming) {
      case "keras", "keras-first" -> Normalization.CAFFE;
      case "keras-v2" -> Normalization.TENSORFLOW;
      case "akamaster" -> Normalization.TORCHVISION;
      default ->
          architecture.family() == Family.IMAGENET ? Normalization.TORCHVISION : Normalization.UNIT;
    };
  }

  /** Returns {@code published} for another shape of input; the ratio of crop to image is kept. */
  static ImagePipeline fitted(ImagePipeline published, Shape input) {
    if (published.output().equals(input)) {
      return published;
    }
    Fit fit = published.fit();
    Fit other =
        fit.kind() == Fit.Kind.CENTER_CROP
            ? Fit.centerCrop(
                input, published.output().height() / (double) fit.resize(), fit.interpolation())
            : fit;
    Normalization values =
        input.channels() == published.output().channels()
            ? published.normalization()
            : Normalization.UNIT;
    return ImagePipeline.of(input, other, values);
  }

  /** Returns ImageNet's names for as many classes, and numbers for others. */
  static ClassNames classes(Architecture architecture) {
    ClassNames imagenet = Labels.IMAGENET_1K.classes();
    return architecture.family() == Family.IMAGENET
            && architecture.classes() == imagenet.names().size()
        ? imagenet
        : ClassNames.numbered(architecture.classes());
  }
}
