package org.resnet4j.image;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.AutoAugmentPolicies.Choice;
import org.resnet4j.image.MagnitudeSpace.Step;

/**
 * One of 25 learned pairs of operations, each with its probability and magnitude: torchvision
 * 0.14's {@code AutoAugment} of a PIL image, of Cubuk et al., <a
 * href="https://arxiv.org/abs/1805.09501">AutoAugment</a>.
 *
 * @param interpolation of shears and rotations
 * @param fill colour of pixels from outside of the image: one value of 0 to 255 for all channels,
 *     or red, green and blue
 */
public record AutoAugment(Policy policy, Sampling interpolation, List<Integer> fill)
    implements Transform {
  /** The number of magnitudes in the tables of the paper. */
  static final int BINS = 10;

  /** The dataset that the pairs were learned on. */
  public enum Policy {
    IMAGENET,
    CIFAR10
  }

  public AutoAugment {
    fill = Requirements.fill("auto augment", fill);
  }

  /** Creates the policy with torchvision's defaults: nearest pixels, black. */
  public AutoAugment(Policy policy) {
    this(policy, Sampling.NEAREST, List.of(0));
  }

  @Override
  public Image apply(Image image, RandomGenerator random) {
    return apply(image, draw(image.shape(), random));
  }

  static List<List<Choice>> pairs(Policy policy) {
    return switch (policy) {
      case IMAGENET -> AutoAugmentPolicies.IMAGENET;
      case CIFAR10 -> AutoAugmentPolicies.CIFAR10;
    };
  }

  List<Step> draw(Shape image, RandomGenerator random) {
    MagnitudeSpace space = MagnitudeSpace.auto(image);
    List<List<Choice>> pairs = pairs(policy);
    List<Choice> pair = pairs.get(random.nextInt(pairs.size()));
    List<Step> steps = new ArrayList<>();
    for (Choice choice : pair) {
      if (random.nextDouble() < choice.probability()) {
        steps.add(space.step(choice.operation(), choice.bin(), BINS, random));
      }
    }
    return steps;
  }

  Image apply(Image image, List<Step> steps) {
    return Step.applyAll(image, steps, new Sampler(interpolation, fill));
  }
}
