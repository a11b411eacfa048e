package org.resnet4j.image;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ImageOperation.Magnitude;

/**
 * The operations of an automatic policy and their strongest magnitudes. A magnitude is the entry of
 * a table of equally spaced values, as in torchvision 0.14's {@code _augmentation_space}.
 *
 * <p>Entries are computed in single precision in the order of operations of {@code torch.linspace}
 * without fused multiply-add. torchvision's own tables differ in the last bit between CPUs.
 *
 * @param shear tangent of the largest angle
 * @param right largest translation to the side, in pixels
 * @param down largest translation up and down, in pixels
 * @param degrees largest rotation
 * @param enhancement largest difference of a factor from 1
 * @param bits kept by the weakest posterisation
 * @param droppedBits the most that a stronger one drops of them
 */
record MagnitudeSpace(
    List<ImageOperation> operations,
    double shear,
    double right,
    double down,
    double degrees,
    double enhancement,
    int bits,
    int droppedBits) {
  private static final float SOLARIZED_FROM = 255;

  /** AutoAugment's largest translation of ImageNet's images of 331 pixels. */
  private static final double TRANSLATED = 150.0 / 331.0;

  /** An operation with its magnitude, ready to apply. */
  record Step(ImageOperation operation, double magnitude) {
    static Image applyAll(Image image, List<Step> steps, Sampler sampler) {
      Image changed = image;
      for (Step step : steps) {
        changed = step.operation.apply(changed, step.magnitude, sampler);
      }
      return changed;
    }
  }

  private static List<ImageOperation> firstTo(ImageOperation first, ImageOperation last) {
    return List.copyOf(EnumSet.range(first, last));
  }

  static MagnitudeSpace trivialWide() {
    return new MagnitudeSpace(
        firstTo(ImageOperation.IDENTITY, ImageOperation.EQUALIZE), 0.99, 32, 32, 135, 0.99, 8, 6);
  }

  static MagnitudeSpace rand(Shape image) {
    return usual(firstTo(ImageOperation.IDENTITY, ImageOperation.EQUALIZE), image);
  }

  static MagnitudeSpace auto(Shape image) {
    return usual(firstTo(ImageOperation.SHEAR_X, ImageOperation.INVERT), image);
  }

  private static MagnitudeSpace usual(List<ImageOperation> operations, Shape image) {
    return new MagnitudeSpace(
        operations, 0.3, TRANSLATED * image.width(), TRANSLATED * image.height(), 30, 0.9, 8, 4);
  }

  /**
   * Returns the operations of AugMix.
   *
   * @param enhancing whether the four enhancements are among them
   */
  static MagnitudeSpace mix(Shape image, boolean enhancing) {
    List<ImageOperation> operations = new ArrayList<>();
    operations.addAll(firstTo(ImageOperation.SHEAR_X, ImageOperation.ROTATE));
    operations.addAll(firstTo(ImageOperation.POSTERIZE, ImageOperation.EQUALIZE));
    if (enhancing) {
      operations.addAll(firstTo(ImageOperation.BRIGHTNESS, ImageOperation.SHARPNESS));
    }
    return new MagnitudeSpace(
        List.copyOf(operations), 0.3, image.width() / 3.0, image.height() / 3.0, 30, 0.9, 4, 4);
  }

  /** Draws an operation; all are equally likely. */
  ImageOperation operation(RandomGenerator random) {
    return operations.get(random.nextInt(operations.size()));
  }

  /** Returns an operation at a magnitude of the table, with a random sign where it has one. */
  Step step(ImageOperation operation, int bin, int bins, RandomGenerator random) {
    boolean negative = operation.kind() == Magnitude.SIGNED && random.nextBoolean();
    double magnitude = magnitude(operation, bin, bins);
    return new Step(operation, negative ? -magnitude : magnitude);
  }

  /**
   * Returns the magnitude without its sign.
   *
   * @param bin zero-based place in a table of {@code bins}
   */
  double magnitude(ImageOperation operation, int bin, int bins) {
    return switch (operation) {
      case SHEAR_X, SHEAR_Y -> spaced(0, (float) shear, bin, bins);
      case TRANSLATE_X -> spaced(0, (float) right, bin, bins);
      case TRANSLATE_Y -> spaced(0, (float) down, bin, bins);
      case ROTATE -> spaced(0, (float) degrees, bin, bins);
      case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> spaced(0, (float) enhancement, bin, bins);
      case POSTERIZE -> bits - Math.rint(bin / (float) ((bins - 1) / (double) droppedBits));
      case SOLARIZE -> spaced(SOLARIZED_FROM, 0, bin, bins);
      case IDENTITY, AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
    };
  }

  private static float spaced(float first, float last, int bin, int bins) {
    float step = (last - first) / (bins - 1);
    return bin < bins / 2 ? first + step * bin : last - step * (bins - bin - 1);
  }
}
