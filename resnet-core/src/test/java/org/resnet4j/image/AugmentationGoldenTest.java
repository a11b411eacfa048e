package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.image.AugmentationGoldens.digest;
import static org.resnet4j.image.AugmentationGoldens.integers;
import static org.resnet4j.image.AugmentationGoldens.lines;
import static org.resnet4j.image.AugmentationGoldens.pattern;
import static org.resnet4j.image.AugmentationGoldens.rough;
import static org.resnet4j.image.AugmentationGoldens.space;
import static org.resnet4j.image.AugmentationGoldens.steps;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.AutoAugment.Policy;
import org.resnet4j.image.AutoAugmentPolicies.Choice;
import org.resnet4j.image.ColorJitter.Range;
import org.resnet4j.image.ImageOperation.Magnitude;
import org.resnet4j.image.MagnitudeSpace.Step;
import org.resnet4j.image.RandomResizedCrop.Box;

/**
 * Every byte equals torchvision's for the parameters that torchvision drew, in all goldens of
 * {@code src/test/python/augmentation_goldens.py}.
 */
final class AugmentationGoldenTest {
  /**
   * One unit in the last place: torch.linspace computes some entries in vectors and others alone.
   */
  @Test
  void magnitudesEqualTorchvisions() {
    for (List<String> line : lines("table").toList()) {
      MagnitudeSpace space = space(line.get(0), Shape.parse(line.get(1)));
      int bins = Integer.parseInt(line.get(2));
      ImageOperation operation = ImageOperation.valueOf(line.get(3));
      assertThat(space.operations()).contains(operation);
      assertThat(operation.kind() == Magnitude.SIGNED).isEqualTo(line.get(4).equals("signed"));
      assertThat(operation.kind() == Magnitude.NONE).isEqualTo(line.get(5).equals("-"));
      String[] magnitudes = line.get(5).split(",", -1);
      for (int bin = 0; bin < bins && magnitudes.length > 1; bin++) {
        float expected = Float.parseFloat(magnitudes[bin]);
        float actual = (float) space.magnitude(operation, bin, bins);
        assertThat(Math.abs(actual - expected))
            .as("%s, bin %s", line, bin)
            .isLessThanOrEqualTo(Math.ulp(expected));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"trivial", "rand", "auto", "mix"})
  void operationsOfPoliciesAreTorchvisionsInItsOrder(String name) {
    List<String> names =
        lines("table")
            .filter(line -> line.get(0).equals(name) && line.get(1).equals("3x224x224"))
            .map(line -> line.get(3))
            .toList();
    assertThat(space(name, new Shape(3, 224, 224)).operations())
        .extracting(ImageOperation::name)
        .isEqualTo(names);
  }

  @Test
  void learnedPoliciesAreTorchvisions() {
    List<String> lines = new ArrayList<>();
    for (Policy policy : Policy.values()) {
      for (List<Choice> pair : AutoAugment.pairs(policy)) {
        for (Choice choice : pair) {
          lines.add(
              "%s %s %s %s"
                  .formatted(policy, choice.operation(), choice.probability(), choice.bin()));
        }
      }
    }
    assertThat(lines).isEqualTo(lines("policy").map(line -> String.join(" ", line)).toList());
  }

  static Stream<List<String>> operations() {
    return lines("operation");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void operationAtEveryMagnitudeEqualsTorchvisions(List<String> line) {
    String shape = line.get(1);
    MagnitudeSpace space = space(line.get(0), Shape.parse(shape));
    Sampler sampler = new Sampler(Sampling.valueOf(line.get(2)), integers(line.get(3)));
    ImageOperation operation = ImageOperation.valueOf(line.get(4));
    boolean moves =
        EnumSet.range(ImageOperation.SHEAR_X, ImageOperation.ROTATE).contains(operation);
    int bins = List.of("trivial", "rand").contains(line.get(0)) ? 31 : 10;
    List<Image> changed = new ArrayList<>();
    for (String pattern : moves ? List.of("rough") : List.of("rough", "dim", "flat")) {
      Image image = pattern(pattern, shape);
      for (int bin = 0; bin < (operation.kind() == Magnitude.NONE ? 1 : bins); bin++) {
        double magnitude = space.magnitude(operation, bin, bins);
        changed.add(operation.apply(image, magnitude, sampler));
        if (operation.kind() == Magnitude.SIGNED) {
          changed.add(operation.apply(image, -magnitude, sampler));
        }
      }
    }
    assertThat(digest(changed)).isEqualTo(line.get(5));
  }

  static Stream<List<String>> drawnSteps() {
    return lines("steps");
  }

  @ParameterizedTest
  @MethodSource("drawnSteps")
  void policyEqualsTorchvisionsForItsDraws(List<String> line) {
    Image image = rough(line.get(1));
    Sampling sampling = Sampling.valueOf(line.get(2));
    List<Integer> fill = integers(line.get(3));
    List<Step> steps = steps(line.get(4));
    Image changed =
        switch (line.get(0)) {
          case "TRIVIAL" -> new TrivialAugmentWide(31, sampling, fill).apply(image, steps.get(0));
          case "RAND" -> new RandAugment(3, 12, 31, sampling, fill).apply(image, steps);
          default ->
              new AutoAugment(Policy.valueOf(line.get(0)), sampling, fill).apply(image, steps);
        };
    assertThat(digest(List.of(changed))).isEqualTo(line.get(5));
  }

  static Stream<List<String>> mixes() {
    return lines("mix");
  }

  /** torchvision's class, with its operations of PIL images in place of those of tensors. */
  @ParameterizedTest
  @MethodSource("mixes")
  void augMixEqualsTorchvisionsOfPilOperations(List<String> line) {
    AugMix mix = new AugMix(3, 3, 2, 1, true, Sampling.valueOf(line.get(1)), integers(line.get(2)));
    List<AugMix.Chain> chains = new ArrayList<>();
    for (String chain : line.get(4).split("\\|", -1)) {
      String[] parts = chain.split(";", -1);
      chains.add(new AugMix.Chain((float) Double.parseDouble(parts[0]), steps(parts[1])));
    }
    AugMix.Draw draw = new AugMix.Draw((float) Double.parseDouble(line.get(3)), chains);
    assertThat(digest(List.of(mix.apply(rough(line.get(0)), draw)))).isEqualTo(line.get(5));
  }

  static Stream<List<String>> jitters() {
    return lines("jitter");
  }

  @ParameterizedTest
  @MethodSource("jitters")
  void colorJitterEqualsTorchvisionsForItsDraws(List<String> line) {
    double[] factors = line.subList(3, 7).stream().mapToDouble(Double::parseDouble).toArray();
    ColorJitter.Draw draw =
        new ColorJitter.Draw(integers(line.get(2)), factors[0], factors[1], factors[2], factors[3]);
    Image changed =
        new ColorJitter(0.8, 0.8, 0.8, 0.5).apply(pattern(line.get(0), line.get(1)), draw);
    assertThat(digest(List.of(changed))).isEqualTo(line.get(7));
  }

  /** Differences could come of shifts within 1e-12 of a half alone; no draw has one. */
  @Test
  void pcaNoiseEqualsThatOfPyTorchForItsDraws() {
    for (List<String> line : lines("pca").toList()) {
      double[] alpha = line.subList(2, 5).stream().mapToDouble(Double::parseDouble).toArray();
      Image shifted = new PcaNoise().apply(pattern(line.get(0), line.get(1)), alpha);
      assertThat(digest(List.of(shifted))).as("%s", line).isEqualTo(line.get(5));
    }
  }

  @Test
  void numbersOfColorJitterAreTorchvisionsRanges() {
    Range factors = new Range(0.6, 1.4);
    assertThat(new ColorJitter(0.4, 0.4, 1.5, 0.1))
        .isEqualTo(new ColorJitter(factors, factors, new Range(0, 2.5), new Range(-0.1, 0.1)));
  }

  /** All 16,777,216 colours. */
  @Test
  void shiftedHueOfEveryColourEqualsTorchvisions() {
    int plane = 1 << 24;
    byte[] pixels = new byte[3 * plane];
    for (int i = 0; i < plane; i++) {
      pixels[i] = (byte) (i >> 16);
      pixels[plane + i] = (byte) (i >> 8);
      pixels[2 * plane + i] = (byte) i;
    }
    Image every = new Image(new Shape(3, 4096, 4096), pixels);
    for (List<String> line : lines("hue").toList()) {
      Image shifted = Hue.shifted(every, Double.parseDouble(line.get(0)));
      assertThat(digest(List.of(shifted))).as(line.get(0)).isEqualTo(line.get(1));
    }
  }

  @Test
  void grayscaleFlipsAndCropsEqualTorchvisions() {
    for (List<String> line : lines("grayscale").toList()) {
      Image gray = Enhancements.grayscale(rough(line.get(0)));
      assertThat(digest(List.of(gray))).isEqualTo(line.get(1));
    }
    for (List<String> line : lines("vertical").toList()) {
      Image flipped = VerticalFlip.flipped(rough(line.get(0)));
      assertThat(digest(List.of(flipped))).isEqualTo(line.get(1));
    }
    for (List<String> line : lines("horizontal").toList()) {
      Image flipped = HorizontalFlip.flipped(rough(line.get(0)));
      assertThat(digest(List.of(flipped))).isEqualTo(line.get(1));
    }
    for (List<String> line : lines("crop").toList()) {
      Image crop =
          RandomCrop.shifted(
              rough(line.get(0)), Integer.parseInt(line.get(1)), Integer.parseInt(line.get(2)));
      assertThat(digest(List.of(crop))).isEqualTo(line.get(3));
    }
  }

  @Test
  void erasedPixelsEqualTorchvisionsForItsRectangles() {
    for (List<String> line : lines("erase").toList()) {
      int[] box = line.subList(1, 5).stream().mapToInt(Integer::parseInt).toArray();
      Image erased =
          RandomErasing.filled(
              rough(line.get(0)), new Box(box[0], box[1], box[2], box[3]), integers(line.get(5)));
      assertThat(digest(List.of(erased))).as("%s", line).isEqualTo(line.get(6));
    }
  }

  @Test
  void cutoutEqualsTheAuthorsRule() {
    for (List<String> line : lines("cutout").toList()) {
      Image image = rough(line.get(0));
      int[] place = line.subList(1, 4).stream().mapToInt(Integer::parseInt).toArray();
      List<Integer> fill = List.of(124, 116, 104).subList(0, image.shape().channels());
      Image cut = new Cutout(place[2], fill).apply(image, place[0], place[1]);
      assertThat(digest(List.of(cut))).as("%s", line).isEqualTo(line.get(4));
    }
    assertThat(Arrays.asList(124, 116, 104))
        .isEqualTo(Cutout.ofMean(16, Normalization.TORCHVISION).fill());
  }
}
