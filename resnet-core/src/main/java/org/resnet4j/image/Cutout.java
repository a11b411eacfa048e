package org.resnet4j.image;

import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.RandomResizedCrop.Box;

/**
 * A square of one colour around a random pixel, of DeVries and Taylor, <a
 * href="https://arxiv.org/abs/1708.04552">Cutout</a>, with one hole. Squares may reach beyond the
 * image. The authors' code sets the normalised tensor to 0; this sets the bytes to {@code fill}.
 *
 * @param length side of the square in pixels, 2 to 8,192; the authors' code and this one round odd
 *     lengths down to even ones
 * @param fill one value of 0 to 255 for all channels, or red, green and blue
 */
public record Cutout(int length, List<Integer> fill) implements Transform {
  public Cutout {
    Requirements.between("cutout: expected a side", 2, Resize.MOST_SIDE, length);
    fill = Requirements.fill("cutout", fill);
  }

  /** Returns the augmentation whose squares are closest to 0 after {@code normalization}. */
  public static Cutout ofMean(int length, Normalization normalization) {
    return new Cutout(length, RandomErasing.mean(normalization));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    Shape shape = image.shape();
    return apply(image, random.nextInt(shape.height()), random.nextInt(shape.width()));
  }

  /** Returns the image with the square around a pixel. */
  Image apply(Image image, int y, int x) {
    int top = Math.max(0, y - length / 2);
    int left = Math.max(0, x - length / 2);
    int height = Math.min(image.shape().height(), y + length / 2) - top;
    int width = Math.min(image.shape().width(), x + length / 2) - left;
    return RandomErasing.filled(image, new Box(top, left, height, width), fill);
  }
}
