package org.resnet4j.image;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.MagnitudeSpace.Step;

/**
 * A draw of some of 14 operations, one after the other, at one magnitude: torchvision 0.14's {@code
 * RandAugment} of a PIL image, of Cubuk et al., <a
 * href="https://arxiv.org/abs/1909.13719">RandAugment</a>.
 *
 * @param operations number of operations, 1 to 16
 * @param magnitude zero-based bin of all of them, below {@code bins}
 * @param bins number of magnitudes, 2 to 1,000
 * @param interpolation of shears and rotations
 * @param fill colour of pixels from outside of the image: one value of 0 to 255 for all channels,
 *     or red, green and blue
 */
public record RandAugment(
    int operations, int magnitude, int bins, Sampling interpolation, List<Integer> fill)
    implements Transform {
  private static final int MOST_OPERATIONS = 16;
  private static final String NAME = "rand augment";

  public RandAugment {
    Requirements.between(
        NAME + ": expected a number of operations", 1, MOST_OPERATIONS, operations);
    TrivialAugmentWide.requireBins(NAME, bins);
    Requirements.between(NAME + ": expected a magnitude", 0, bins - 1, magnitude);
    fill = Requirements.fill(NAME, fill);
  }

  /** Creates the policy with torchvision's defaults for the other fields. */
  public RandAugment(int operations, int magnitude) {
    this(operations, magnitude, TrivialAugmentWide.BINS, Sampling.NEAREST, List.of(0));
  }

  /** Creates the policy with torchvision's defaults: two operations at magnitude 9 of 31. */
  public RandAugment() {
    this(2, 9);
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, draw(image.shape(), random));
  }

  List<Step> draw(Shape image, RandomGenerator random) {
    MagnitudeSpace space = MagnitudeSpace.rand(image);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      steps.add(space.step(space.operation(random), magnitude, bins, random));
    }
    return steps;
  }

  Image apply(Image image, List<Step> steps) {
    return Step.applyAll(image, steps, new Sampler(interpolation, fill));
  }
}
