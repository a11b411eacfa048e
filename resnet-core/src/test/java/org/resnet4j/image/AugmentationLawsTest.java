package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ColorJitter.Range;
import org.resnet4j.image.MagnitudeSpace.Step;
import org.resnet4j.image.RandomResizedCrop.Box;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

final class AugmentationLawsTest {
  private static final List<Integer> BLACK = List.of(0);
  private static final int DRAWS = 100_000;

  /** One or two of every kind, with fields that are not the defaults. */
  static final List<Transform> ALL =
      List.of(
          new AlternatingFlip(),
          new VerticalFlip(0.25),
          new ColorJitter(new Range(0, 2), new Range(1, 1), new Range(0.5, 1000), new Range(0, 0)),
          new ColorJitter(0.4, 0.4, 0.4, 0.1),
          new PcaNoise(
              2, List.of(1.0, 0.5, 0.0), List.of(1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)),
          new RandomGrayscale(0.2),
          new RandomErasing(0.1, List.of()),
          new RandomErasing(1, 0, 1, 0.001, 1000, List.of(1, 2, 255)),
          new Cutout(16, List.of(124, 116, 104)),
          new TrivialAugmentWide(),
          new TrivialAugmentWide(11, Sampling.BILINEAR, List.of(128)),
          new RandAugment(3, 7, 20, Sampling.BILINEAR, List.of(3, 2, 1)),
          new AutoAugment(AutoAugment.Policy.IMAGENET),
          new AutoAugment(AutoAugment.Policy.CIFAR10, Sampling.BILINEAR, List.of(9)),
          new AugMix(),
          new AugMix(10, 1, 16, 0.3, false, Sampling.NEAREST, List.of(255)));

  @Property(tries = 100)
  void equalSeedsGiveEqualPixelsAndLeaveTheImageAlone(
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll boolean colour,
      @ForAll long seed) {
    Image image = noise(new Shape(colour ? 3 : 1, height, width), seed);
    for (Transform transform : ALL) {
      byte[] before = image.pixels().clone();
      Image changed = transform.apply(image, new SplittableRandom(seed));
      assertThat(changed.shape()).isEqualTo(image.shape());
      assertThat(transform.apply(image, new SplittableRandom(seed)).pixels())
          .isEqualTo(changed.pixels());
      assertThat(image.pixels()).isEqualTo(before);
    }
  }

  @Property(tries = 50)
  void saturationHueAndGrayscaleLeaveGrayImagesAlone(@ForAll long seed) {
    Image gray = noise(new Shape(1, 9, 8), seed);
    RandomGenerator random = new SplittableRandom(seed);
    Range none = new Range(1, 1);
    assertThat(new ColorJitter(none, none, new Range(0, 9), new Range(-0.5, 0.5)))
        .satisfies(
            jitter -> assertThat(jitter.apply(gray, random).pixels()).isEqualTo(gray.pixels()));
    assertThat(ImageOperation.COLOR.apply(gray, 0.9, new Sampler(Sampling.NEAREST, BLACK)))
        .isSameAs(gray);
    assertThat(new RandomGrayscale(1).apply(gray, random).pixels()).isEqualTo(gray.pixels());
  }

  /** Pillow's fixed-point coordinates end at 32,768 pixels. */
  @Test
  void rotationsOfHugeImagesAreRefused() {
    Image wide = noise(new Shape(1, 1, 8193), 6);
    assertThatThrownBy(
            () -> ImageOperation.ROTATE.apply(wide, 3, new Sampler(Sampling.NEAREST, BLACK)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "augmentation: expected an image with sides of at most 8192 pixels but was 1x1x8193;"
                + " resize it first");
  }

  /** 14 operations, of which 9 take both signs of 31 magnitudes. */
  @Test
  void trivialAugmentDrawsAllOperationsAndMagnitudesEqually() {
    Map<Step, Integer> counts = new HashMap<>();
    RandomGenerator random = new SplittableRandom(1);
    for (int i = 0; i < DRAWS; i++) {
      counts.merge(new TrivialAugmentWide().draw(random), 1, Integer::sum);
    }
    Map<ImageOperation, Integer> operations = new EnumMap<>(ImageOperation.class);
    counts.forEach((step, count) -> operations.merge(step.operation(), count, Integer::sum));
    // Five standard deviations of a count of probability 1/14.
    assertThat(operations).hasSize(14).allSatisfy((op, count) -> near(count, 1.0 / 14));
    near(counts.getOrDefault(new Step(ImageOperation.ROTATE, 135), 0), 1.0 / 14 / 62);
    near(counts.getOrDefault(new Step(ImageOperation.ROTATE, -135), 0), 1.0 / 14 / 62);
    near(counts.getOrDefault(new Step(ImageOperation.SOLARIZE, 255), 0), 1.0 / 14 / 31);
    near(counts.getOrDefault(new Step(ImageOperation.POSTERIZE, 2), 0), 1.0 / 14 / 31 * 3);
  }

  private static void near(int count, double probability) {
    assertThat((double) count)
        .isCloseTo(DRAWS * probability, within(5 * Math.sqrt(DRAWS * probability)));
  }

  /** ImageNet's pairs have 50 operations, whose probabilities sum to 30.2. */
  @Test
  void autoAugmentAppliesOperationsByTheirProbabilities() {
    RandomGenerator random = new SplittableRandom(2);
    AutoAugment policy = new AutoAugment(AutoAugment.Policy.IMAGENET);
    double sum =
        AugmentationGoldens.lines("policy")
            .filter(line -> line.get(0).equals("IMAGENET"))
            .mapToDouble(line -> Double.parseDouble(line.get(2)))
            .sum();
    long steps = 0;
    for (int i = 0; i < DRAWS; i++) {
      steps += policy.draw(new Shape(3, 32, 32), random).size();
    }
    assertThat((double) steps / DRAWS).isCloseTo(sum / 25, within(0.01));
  }

  /**
   * Over 100,000 draws of torchvision 0.14's {@code RandomErasing.get_params} from 32×24 pixels,
   * with its usual ranges, the mean top, left, height and width were these.
   */
  @Test
  void erasedRectanglesHaveTheMeansOfTorchvisions() {
    RandomGenerator random = new SplittableRandom(3);
    RandomErasing erasing = new RandomErasing(1, BLACK);
    double[] sums = new double[4];
    for (int i = 0; i < DRAWS; i++) {
      Optional<Box> box = erasing.draw(new Shape(3, 32, 24), random);
      sums[0] += box.map(Box::top).orElse(0);
      sums[1] += box.map(Box::left).orElse(0);
      sums[2] += box.map(Box::height).orElse(0);
      sums[3] += box.map(Box::width).orElse(0);
    }
    double[] expected = {10.04, 6.32, 11.91, 11.34};
    for (int i = 0; i < sums.length; i++) {
      assertThat(sums[i] / DRAWS).isCloseTo(expected[i], within(0.1));
    }
  }

  /** A share of k equal parameters α has mean 1/k and variance (k - 1) / (k² (kα + 1)). */
  @ParameterizedTest
  @CsvSource({"2, 1", "3, 1", "3, 0.3", "4, 2.5"})
  void sharesHaveTheMomentsOfADirichletDistribution(int count, double alpha) {
    RandomGenerator random = new SplittableRandom(4);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < DRAWS; i++) {
      float share = Dirichlet.draw(count, alpha, random)[count - 1];
      sum += share;
      squares += (double) share * share;
    }
    double mean = sum / DRAWS;
    assertThat(mean).isCloseTo(1.0 / count, within(0.005));
    assertThat(squares / DRAWS - mean * mean)
        .isCloseTo((count - 1) / (count * count * (count * alpha + 1)), within(0.002));
  }

  /** Half a byte is 0.0098 of torchvision's smallest std. */
  @Test
  void fillOfTheMeanIsAboutZeroAfterNormalisation() {
    List<Integer> fill = RandomErasing.ofMean(0.5, Normalization.TORCHVISION).fill();
    assertThat(fill).containsExactly(124, 116, 104);
    float[][] table = Normalization.TORCHVISION.table(3);
    for (int channel = 0; channel < 3; channel++) {
      assertThat(table[channel][fill.get(channel)]).isCloseTo(0, within(0.0088f));
    }
    // Keras's "caffe" lists blue first.
    assertThat(Cutout.ofMean(8, Normalization.CAFFE).fill()).containsExactly(124, 117, 104);
  }

  @Test
  void randomPixelsReplaceNothingButTheRectangle() {
    Image image = new Image(new Shape(3, 20, 20), new byte[1200]);
    RandomErasing erasing = new RandomErasing(1, 0.25, 0.25, 1, 1, List.of());
    byte[] erased = erasing.apply(image, new SplittableRandom(5)).pixels();
    int changed = 0;
    for (byte pixel : erased) {
      changed += pixel != 0 ? 1 : 0;
    }
    // 10 x 10 pixels of 3 channels, of which 1 in 256 is drawn as 0.
    assertThat(changed).isBetween(290, 300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"kind":"VERTICAL_FLIP","probability":0} | vertical flip: expected a probability above 0 and at most 1 but was 0.0
          {"kind":"COLOR_JITTER","brightness":[1,1],"contrast":[-1,1],"saturation":[1,1],"hue":[0,0]} | color jitter: expected a contrast of 0.0 to 1000.0, smallest first, but was -1.0 and 1.0
          {"kind":"COLOR_JITTER","brightness":[1,1],"contrast":[1,1],"saturation":[1,1],"hue":[0,0.6]} | color jitter: expected a hue of -0.5 to 0.5, smallest first, but was 0.0 and 0.6
          {"kind":"ALTERNATING_FLIP","probability":1} | image pipeline: augmentations[0]: expected only kind but there is also "probability"
          {"kind":"PCA_NOISE","std":0,"eigenvalues":[1,1,1],"eigenvectors":[1,0,0,0,1,0,0,0,1]} | PCA noise: expected a std above 0 and at most 10.0 but was 0.0
          {"kind":"PCA_NOISE","std":1,"eigenvalues":[1,-1,1],"eigenvectors":[1,0,0,0,1,0,0,0,1]} | PCA noise: expected 3 eigenvalues of 0 to 1 but they were [1.0, -1.0, 1.0]
          {"kind":"PCA_NOISE","std":1,"eigenvalues":[1,1,1],"eigenvectors":[1,0,0,0,2,0,0,0,1]} | PCA noise: expected 3x3 values of eigenvectors, each -1 to 1, but they were [1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0]
          {"kind":"RANDOM_ERASING","probability":1,"scale":[0,2],"ratio":[1,1],"fill":"RANDOM"} | random erasing: expected scales of 0 to 1, smallest first, but they were 0.0 and 2.0
          {"kind":"RANDOM_ERASING","probability":1,"scale":[0,1],"ratio":[0,1],"fill":"RANDOM"} | random erasing: expected ratios from 0.001 to 1000, smallest first, but they were 0.0 and 1.0
          {"kind":"RANDOM_ERASING","probability":1,"scale":[0,1],"ratio":[1,1],"fill":[]} | image pipeline: augmentations[0]: fill: expected a list of 1 to 3 but was []
          {"kind":"CUTOUT","length":1,"fill":[0]} | cutout: expected a side of 2 to 8192 but was 1
          {"kind":"CUTOUT","length":8,"fill":[0,1]} | cutout: expected a fill of one value or of red, green and blue, each 0 to 255, but was [0, 1]
          {"kind":"TRIVIAL_AUGMENT_WIDE","bins":1,"interpolation":"NEAREST","fill":[0]} | trivial augment: expected a number of magnitude bins of 2 to 1000 but was 1
          {"kind":"TRIVIAL_AUGMENT_WIDE","bins":9,"interpolation":"NEAREST","fill":[256]} | trivial augment: expected a fill of one value or of red, green and blue, each 0 to 255, but was [256]
          {"kind":"TRIVIAL_AUGMENT_WIDE","bins":9,"interpolation":"BICUBIC","fill":[0]} | image pipeline: augmentations[0]: interpolation: expected one of NEAREST, BILINEAR but was "BICUBIC"
          {"kind":"RAND_AUGMENT","operations":17,"magnitude":1,"bins":9,"interpolation":"NEAREST","fill":[0]} | rand augment: expected a number of operations of 1 to 16 but was 17
          {"kind":"RAND_AUGMENT","operations":2,"magnitude":9,"bins":9,"interpolation":"NEAREST","fill":[0]} | rand augment: expected a magnitude of 0 to 8 but was 9
          {"kind":"AUTO_AUGMENT","policy":"SVHN","interpolation":"NEAREST","fill":[0]} | image pipeline: augmentations[0]: policy: expected one of IMAGENET, CIFAR10 but was "SVHN"
          {"kind":"AUG_MIX","severity":0,"width":3,"depth":0,"alpha":1,"enhancing":true,"interpolation":"NEAREST","fill":[0]} | aug mix: expected a severity of 1 to 10 but was 0
          {"kind":"AUG_MIX","severity":1,"width":3,"depth":0,"alpha":0,"enhancing":true,"interpolation":"NEAREST","fill":[0]} | aug mix: expected an alpha of 0.01 to 100 but was 0.0
          {"kind":"AUG_MIX","severity":1,"width":3,"depth":-1,"alpha":1,"enhancing":true,"interpolation":"NEAREST","fill":[0]} | aug mix: expected a depth of chains of 0 to 16 but was -1
          {"kind":"AUG_MIX","severity":1,"width":3,"depth":0,"alpha":1,"enhancing":1,"interpolation":"NEAREST","fill":[0]} | image pipeline: augmentations[0]: enhancing: expected true or false but was 1
          {"kind":"AUG_MIX","severity":1,"width":3,"depth":0,"alpha":1,"interpolation":"NEAREST","fill":[0]} | image pipeline: augmentations[0]: it lacks "enhancing"
          """)
  void fieldsOutOfRangeAreRefusedInASentence(String augmentation, String sentence) {
    Shape shape = new Shape(3, 8, 8);
    String text =
        Json.line(ImagePipeline.exact(shape, Normalization.UNIT).toTree())
            .replace("\"augmentations\":[]", "\"augmentations\":[" + augmentation + "]");
    assertThatThrownBy(() -> ImagePipeline.ofTree(Json.parse(text)))
        .isInstanceOf(JsonException.class)
        .hasMessage(sentence);
  }

  private static Image noise(Shape shape, long seed) {
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    new SplittableRandom(seed).nextBytes(pixels);
    return new Image(shape, pixels);
  }
}
