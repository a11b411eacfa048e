package org.resnet4j.image;

import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;

/**
 * A crop of a random area and proportion at a random place, resized to the image's own size. Areas,
 * proportions and places are distributed as in torchvision's {@code RandomResizedCrop}.
 *
 * @param smallest share of the image's area that a crop has at least, in (0, 1]
 */
public record RandomResizedCrop(double smallest) implements Transform {
  private static final int TRIES = 10;
  private static final double MOST_RATIO = 4.0 / 3;

  public RandomResizedCrop {
    if (!(smallest > 0 && smallest <= 1)) {
      throw new IllegalArgumentException(
          "random resized crop: expected a share in (0, 1] of the area but was " + smallest);
    }
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Shape shape = image.shape();
    int height = shape.height();
    int width = shape.width();
    for (int i = 0; i < TRIES; i++) {
      double area = height * (double) width * (smallest + (1 - smallest) * random.nextDouble());
      double ratio = Math.exp(Math.log(MOST_RATIO) * (2 * random.nextDouble() - 1));
      int across = (int) Math.round(Math.sqrt(area * ratio));
      int down = (int) Math.round(Math.sqrt(area / ratio));
      if (across >= 1 && across <= width && down >= 1 && down <= height) {
        int top = random.nextInt(height - down + 1);
        int left = random.nextInt(width - across + 1);
        return new Resize(height, width).apply(cropped(image, top, left, down, across), random);
      }
    }
    // The whole image has torchvision's proportions: its sides are equal after most fits.
    return image;
  }

  private static Image cropped(Image image, int top, int left, int rows, int columns) {
    Shape shape = image.shape();
    byte[] pixels = new byte[shape.channels() * rows * columns];
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int y = 0; y < rows; y++) {
        int from = (channel * shape.height() + top + y) * shape.width() + left;
        System.arraycopy(image.pixels(), from, pixels, (channel * rows + y) * columns, columns);
      }
    }
    return new Image(new Shape(shape.channels(), rows, columns), pixels);
  }
}
