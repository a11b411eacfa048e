package org.resnet4j.recipe;

import java.util.List;
import java.util.Objects;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.Interpolation;
import org.resnet4j.support.ForeignText;

/**
 * The way from images to the network's size.
 *
 * @param fit {@code stretch}, {@code crop:256}, {@code crop:0.875} or {@code pad}, as {@link
 *     Fit#parse} reads it; images that are not resized are taken as they are
 * @param interpolation filter of the resize
 * @param trainingSides sides of the training images, in pixels, in parts of equal length of the
 *     training (progressive resizing); empty for the network's. With random resized crops, one
 *     smaller than the network's makes up for objects that these crops enlarge (Touvron et al.
 *     2019, arXiv:1906.06423).
 */
public record Resizing(String fit, Interpolation interpolation, List<Integer> trainingSides) {
  /** A stretch with a bilinear filter. */
  public static final Resizing STRETCH = new Resizing("stretch", Interpolation.BILINEAR, List.of());

  /** The largest side of a pipeline's output. */
  private static final int MOST_SIDE = 8192;

  private static final int MOST_SHOWN = 60;
  private static final Shape ANY = new Shape(3, 1, 1);

  public Resizing {
    Objects.requireNonNull(interpolation, "interpolation");
    Fit.parse(fit, ANY, interpolation);
    trainingSides = List.copyOf(trainingSides);
    if (trainingSides.stream().anyMatch(side -> side < 1 || side > MOST_SIDE)) {
      throw new IllegalArgumentException(
          "resizing: expected sides of training images of 1 to %s pixels but they were %s"
              .formatted(MOST_SIDE, ForeignText.start(trainingSides.toString(), MOST_SHOWN)));
    }
  }

  /** Returns whether images are stretched with a bilinear filter. */
  public boolean isStretch() {
    return fit.equals(STRETCH.fit) && interpolation == STRETCH.interpolation;
  }

  /** Returns the fit for images of this shape. */
  Fit to(Shape shape) {
    return Fit.parse(fit, shape, interpolation);
  }

  /** Returns this for a training of {@code epochs}: the last sides, if there are more sides. */
  Resizing lasting(int epochs) {
    int sides = trainingSides.size();
    int first = Math.min(sides, Math.max(0, sides - epochs));
    return new Resizing(fit, interpolation, trainingSides.subList(first, sides));
  }

  /** Returns the largest side of training images; 0 if it is the network's. */
  int largestTrainingSide() {
    return trainingSides.stream().mapToInt(side -> side).max().orElse(0);
  }

  /**
   * Returns the side of training images in zero-based {@code epoch}; 0 for the network's. Trials of
   * a training have more epochs than it: they keep the last side.
   */
  int trainingSide(int epoch, int epochs) {
    int parts = trainingSides.size();
    long part = Math.min(parts - 1L, (long) epoch * parts / epochs);
    return parts == 0 ? 0 : trainingSides.get((int) part);
  }
}
