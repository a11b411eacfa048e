package org.resnet4j.image;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ImageOperation.Magnitude;
import org.resnet4j.image.MagnitudeSpace.Step;

/**
 * A weighted mean of the image and of several chains of operations, of Hendrycks et al., <a
 * href="https://arxiv.org/abs/1912.02781">AugMix</a>, without its consistency loss. Draws and mean
 * are those of torchvision 0.14's {@code AugMix}.
 *
 * <p>The operations are those of PIL images, as in the authors' code and in the other policies.
 * torchvision turns a PIL image into a tensor and applies its operations of tensors, which round
 * otherwise.
 *
 * @param severity number of the weakest magnitudes, of 10, to draw from: 1 to 10
 * @param width number of chains, 1 to 16
 * @param depth number of operations in a chain, 1 to 16, or 0 for 1 to 3 at random
 * @param alpha of the Dirichlet distributions of weights, 0.01 to 100
 * @param enhancing whether brightness, colour, contrast and sharpness are among the operations
 * @param interpolation of shears and rotations
 * @param fill colour of pixels from outside of the image: one value of 0 to 255 for all channels,
 *     or red, green and blue
 */
public record AugMix(
    int severity,
    int width,
    int depth,
    double alpha,
    boolean enhancing,
    Sampling interpolation,
    List<Integer> fill)
    implements Transform {
  private static final String NAME = "aug mix";
  private static final int BINS = 10;
  private static final int MOST = 16;
  private static final int MOST_RANDOM_DEPTH = 3;
  private static final double LEAST_ALPHA = 0.01;
  private static final double MOST_ALPHA = 100;
  private static final int VALUES = 256;

  /** A chain of operations and its weight in the mean. */
  record Chain(float weight, List<Step> steps) {}

  /**
   * The images of which an image becomes the mean.
   *
   * @param weight of the image itself
   */
  record Draw(float weight, List<Chain> chains) {}

  public AugMix {
    Requirements.between(NAME + ": expected a severity", 1, BINS, severity);
    Requirements.between(NAME + ": expected a number of chains", 1, MOST, width);
    Requirements.between(NAME + ": expected a depth of chains", 0, MOST, depth);
    if (!(alpha >= LEAST_ALPHA && alpha <= MOST_ALPHA)) {
      throw new IllegalArgumentException(
          "%s: expected an alpha of 0.01 to 100 but was %s".formatted(NAME, alpha));
    }
    fill = Requirements.fill(NAME, fill);
  }

  /**
   * Creates the augmentation with torchvision's defaults: severity 3, three chains of 1 to 3
   * operations, alpha 1, all operations, bilinear, black.
   */
  public AugMix() {
    this(3, 3, 0, 1, true, Sampling.BILINEAR, List.of(0));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, draw(image.shape(), random));
  }

  Draw draw(Shape image, RandomGenerator random) {
    MagnitudeSpace space = MagnitudeSpace.mix(image, enhancing);
    float[] share = Dirichlet.draw(2, alpha, random);
    float[] weights = Dirichlet.draw(width, alpha, random);
    List<Chain> chains = new ArrayList<>();
    for (float weight : weights) {
      int length = depth > 0 ? depth : 1 + random.nextInt(MOST_RANDOM_DEPTH);
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        ImageOperation operation = space.operation(random);
        int bin = operation.kind() == Magnitude.NONE ? 0 : random.nextInt(severity);
        steps.add(space.step(operation, bin, BINS, random));
      }
      chains.add(new Chain(weight * share[1], steps));
    }
    return new Draw(share[0], chains);
  }

  Image apply(Image image, Draw draw) {
    Sampler sampler = new Sampler(interpolation, fill);
    float[] mean = new float[image.pixels().length];
    add(image, draw.weight, mean);
    for (Chain chain : draw.chains) {
      add(Step.applyAll(image, chain.steps, sampler), chain.weight, mean);
    }
    byte[] mixed = new byte[mean.length];
    for (int i = 0; i < mean.length; i++) {
      mixed[i] = (byte) (int) mean[i];
    }
    return new Image(image.shape(), mixed);
  }

  private static void add(Image image, float weight, float[] mean) {
    float[] weighted = new float[VALUES];
    for (int value = 0; value < VALUES; value++) {
      weighted[value] = weight * value;
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] += weighted[image.pixels()[i] & 0xff];
    }
  }
}
