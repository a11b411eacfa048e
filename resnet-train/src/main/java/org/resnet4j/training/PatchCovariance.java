package org.resnet4j.training;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.eigen.Eigen;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;

/**
 * The mean of x·xᵀ over square patches x of images, in double precision: their covariance if pixels
 * have the mean 0, as in airbench's {@code get_whitening_parameters}. A patch is {@code [C, k, k]},
 * row by row, and lies within the image.
 */
final class PatchCovariance {
  private final Shape shape;
  private final int kernel;
  private final int stride;
  private final int[] offsets;
  private final double[][] sums;
  private long patches;

  /**
   * Creates the covariance of no patches.
   *
   * @param shape of images
   * @param kernel side of patches, in pixels
   * @param stride distance of patches, in pixels
   */
  PatchCovariance(Shape shape, int kernel, int stride) {
    if (Math.min(shape.height(), shape.width()) < kernel) {
      throw new IllegalArgumentException(
          "whitening: expected images of at least %sx%s pixels, one patch of the first convolution, but they are %s; set whitening.images=0"
              .formatted(kernel, kernel, shape));
    }
    this.shape = shape;
    this.kernel = kernel;
    this.stride = stride;
    offsets = new int[shape.channels() * kernel * kernel];
    for (int i = 0; i < offsets.length; i++) {
      int y = i / kernel % kernel;
      int channel = i / (kernel * kernel);
      offsets[i] = (channel * shape.height() + y) * shape.width() + i % kernel;
    }
    sums = new double[offsets.length][offsets.length];
  }

  /** Adds all patches of an image {@code [C, H, W]}. */
  void add(float[] image) {
    double[] patch = new double[offsets.length];
    for (int y = 0; y + kernel <= shape.height(); y += stride) {
      for (int x = 0; x + kernel <= shape.width(); x += stride) {
        for (int i = 0; i < patch.length; i++) {
          patch[i] = image[y * shape.width() + x + offsets[i]];
        }
        add(patch);
      }
    }
  }

  private void add(double[] patch) {
    patches++;
    for (int i = 0; i < patch.length; i++) {
      double[] row = sums[i];
      double value = patch[i];
      for (int j = 0; j < patch.length; j++) {
        row[j] += value * patch[j];
      }
    }
  }

  /** Returns the covariance {@code [C·k·k, C·k·k]}. */
  INDArray mean() {
    return Nd4j.createFromArray(sums).divi(patches);
  }

  /**
   * Returns the eigenvectors of the covariance, each divided by √(eigenvalue + {@code epsilon}),
   * that of the largest first, then their negatives: {@code [2·C·k·k][C·k·k]}.
   */
  double[][] filters(double epsilon) {
    int length = offsets.length;
    INDArray vectors = mean().dup('f'); // is overwritten
    double[] ascending = Eigen.symmetricGeneralizedEigenvalues(vectors, true).toDoubleVector();
    double[][] filters = new double[2 * length][];
    for (int i = 0; i < length; i++) {
      int column = length - 1 - i;
      double scale = 1 / Math.sqrt(Math.max(0, ascending[column]) + epsilon);
      double[] vector = vectors.getColumn(column).toDoubleVector();
      filters[i] = Arrays.stream(vector).map(value -> value * scale).toArray();
      filters[length + i] = Arrays.stream(vector).map(value -> -value * scale).toArray();
    }
    return filters;
  }
}
