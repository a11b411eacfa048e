package org.resnet4j.image;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A shift of all pixels of an image along the principal axes of the colours in a dataset
 * (Krizhevsky et al. 2012, section 4.1), which is {@code Lighting} in fb.resnet.torch. Bytes are
 * shifted by 255 times eigenvectors · (α ⊙ eigenvalues), with α drawn from N(0, {@code std}²) for
 * each axis, then rounded and clipped to [0, 255]. Gray images are left alone.
 *
 * @param std of α, above 0 and at most 10
 * @param eigenvalues three of the covariance of red, green and blue, as the shift multiplies them,
 *     for pixels in [0, 1]
 * @param eigenvectors matrix of 3×3 values, row by row: a row for each of red, green and blue, a
 *     column for each axis
 */
public record PcaNoise(double std, List<Double> eigenvalues, List<Double> eigenvectors)
    implements Transform {
  private static final int AXES = 3;
  private static final double MOST = 255;
  private static final double MOST_STD = 10;

  /** fb.resnet.torch, datasets/imagenet.lua: of a random subset of ImageNet's training images. */
  private static final List<Double> IMAGENET_VALUES = List.of(0.2175, 0.0188, 0.0045);

  private static final List<Double> IMAGENET_VECTORS =
      List.of(-0.5675, 0.7192, 0.4009, -0.5808, -0.0045, -0.8140, -0.5836, -0.6948, 0.4203);

  public PcaNoise {
    eigenvalues = List.copyOf(eigenvalues);
    eigenvectors = List.copyOf(eigenvectors);
    if (!(std > 0 && std <= MOST_STD)) {
      throw new IllegalArgumentException(
          "PCA noise: expected a std above 0 and at most %s but was %s".formatted(MOST_STD, std));
    }
    if (eigenvalues.size() != AXES
        || eigenvalues.stream().anyMatch(value -> !(value >= 0 && value <= 1))) {
      throw new IllegalArgumentException(
          "PCA noise: expected 3 eigenvalues of 0 to 1 but they were " + eigenvalues);
    }
    if (eigenvectors.size() != AXES * AXES
        || eigenvectors.stream().anyMatch(value -> !(value >= -1 && value <= 1))) {
      throw new IllegalArgumentException(
          "PCA noise: expected 3x3 values of eigenvectors, each -1 to 1, but they were "
              + eigenvectors);
    }
  }

  /** Creates the noise of N(0, {@code std}²) along the axes of ImageNet's colours. */
  public PcaNoise(double std) {
    this(std, IMAGENET_VALUES, IMAGENET_VECTORS);
  }

  /** Creates the noise of fb.resnet.torch: a std of 0.1 along the axes of ImageNet's colours. */
  public PcaNoise() {
    this(0.1);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    double[] alpha = new double[AXES];
    for (int axis = 0; axis < AXES; axis++) {
      alpha[axis] = std * random.nextGaussian();
    }
    return apply(image, alpha);
  }

  Image apply(Image image, double... alpha) {
    if (image.shape().channels() != AXES) {
      return image;
    }
    double[] shift = new double[AXES];
    for (int i = 0; i < AXES * AXES; i++) {
      int axis = i % AXES;
      shift[i / AXES] += MOST * eigenvectors.get(i) * (alpha[axis] * eigenvalues.get(axis));
    }
    return PointTables.mappedByChannel(
        image,
        channel -> value -> (int) Math.rint(Math.min(MOST, Math.max(0, value + shift[channel]))));
  }
}
