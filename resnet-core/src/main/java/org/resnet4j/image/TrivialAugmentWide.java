package org.resnet4j.image;

import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.image.ImageOperation.Magnitude;
import org.resnet4j.image.MagnitudeSpace.Step;

/**
 * One of 14 operations at a random magnitude: torchvision 0.14's {@code TrivialAugmentWide} of a
 * PIL image, of Müller and Hutter, <a href="https://arxiv.org/abs/2103.10158">TrivialAugment</a>.
 *
 * @param bins number of magnitudes, 2 to 1,000
 * @param interpolation of shears and rotations
 * @param fill colour of pixels from outside of the image: one value of 0 to 255 for all channels,
 *     or red, green and blue
 */
public record TrivialAugmentWide(int bins, Sampling interpolation, List<Integer> fill)
    implements Transform {
  /** torchvision's default number of magnitudes, here and in {@link RandAugment}. */
  static final int BINS = 31;

  private static final int MOST_BINS = 1000;

  public TrivialAugmentWide {
    requireBins("trivial augment", bins);
    fill = Requirements.fill("trivial augment", fill);
  }

  static void requireBins(String what, int bins) {
    Requirements.between(what + ": expected a number of magnitude bins", 2, MOST_BINS, bins);
  }

  /** Creates the policy with torchvision's defaults: 31 bins, nearest pixels, black. */
  public TrivialAugmentWide() {
    this(BINS, Sampling.NEAREST, List.of(0));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, draw(random));
  }

  Step draw(RandomGenerator random) {
    MagnitudeSpace space = MagnitudeSpace.trivialWide();
    ImageOperation operation = space.operation(random);
    int bin = operation.kind() == Magnitude.NONE ? 0 : random.nextInt(bins);
    return space.step(operation, bin, bins, random);
  }

  Image apply(Image image, Step step) {
    return Step.applyAll(image, List.of(step), new Sampler(interpolation, fill));
  }
}
