package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;

class ImagePipelineTest {
  private static final Shape PIXEL = new Shape(3, 1, 1);

  /** The values of {@code keras.applications.imagenet_utils.preprocess_input}, mode "caffe". */
  @Test
  void bgrNormalisationSwapsTheChannelsAndSubtractsTheirMeans() {
    ImagePipeline pipeline = ImagePipeline.exact(PIXEL, Normalization.CAFFE);

    assertThat(pipeline.prepare(new Image(PIXEL, new byte[] {10, 20, 30})))
        .containsExactly(30 - 103.939f, 20 - 116.779f, 10 - 123.68f);
  }

  @Test
  void exactFitRefusesAnotherSizeInsteadOfResizing() {
    ImagePipeline pipeline = ImagePipeline.exact(PIXEL, Normalization.UNIT);
    Image wider = new Image(new Shape(3, 1, 2), new byte[6]);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> pipeline.prepare(wider))
        .withMessage("expected an image of 1x1 pixels but it has 1x2; choose a fit that resizes");
  }

  @Test
  void augmentationsChangeTrainingImagesAndNotThoseOfInference() {
    Shape shape = new Shape(1, 1, 2);
    ImagePipeline pipeline =
        ImagePipeline.exact(shape, Normalization.UNIT).augmented(new HorizontalFlip(1));
    Image image = new Image(shape, new byte[] {1, 2});

    assertThat(pipeline.augmented(pipeline.fitted(image), new SplittableRandom(1), false).pixels())
        .containsExactly(2, 1);
    assertThat(pipeline.image(image).pixels()).containsExactly(1, 2);
    assertThat(pipeline.forInference()).isEqualTo(ImagePipeline.exact(shape, Normalization.UNIT));
  }

  @Test
  void meansOfThreeChannelsAreRefusedForGreyImages() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ImagePipeline.exact(new Shape(1, 2, 2), Normalization.TORCHVISION))
        .withMessage(
            "normalisation by mean [0.485, 0.456, 0.406]: expected images of 3 channels but they"
                + " are 1x2x2; choose other statistics");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalization.rgb(List.of(0.5), List.of(0.0)))
        .withMessageStartingWith("pixel values: expected one mean and one positive std a channel");
  }

  @Test
  void cropWithoutAShorterSideIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fit.centerCrop(0, Interpolation.BILINEAR))
        .withMessage(
            "fit CENTER_CROP: expected a shorter side of 1 to 8192 pixels for a crop, and 0 without,"
                + " but was 0");
  }

  @ParameterizedTest
  @CsvSource({
    "exact, EXACT, 0",
    "stretch, STRETCH, 0",
    "crop:256, CENTER_CROP, 256",
    "crop:0.875, CENTER_CROP, 256",
    "crop, CENTER_CROP, 256",
    "CROP:.95, CENTER_CROP, 235",
    "crop:1.0, CENTER_CROP, 224",
    "pad, PAD, 0"
  })
  void fitsAreParsed(String text, Fit.Kind kind, int resize) {
    Fit fit = Fit.parse(text, new Shape(3, 448, 224), Interpolation.BICUBIC);
    assertThat(fit.kind()).isEqualTo(kind);
    assertThat(fit.resize()).isEqualTo(resize);
    assertThat(fit.interpolation())
        .isEqualTo(kind == Fit.Kind.EXACT ? Interpolation.BILINEAR : Interpolation.BICUBIC);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "crop:", "crop:-1", "crop:0.0", "crop:1.5", "crop:12345", "pad:12", "squash"})
  void otherFitsAreRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fit.parse(text, PIXEL, Interpolation.BICUBIC))
        .withMessage(
            "fit: expected exact, stretch, pad, pad:RRGGBB, crop:N with the shorter side in pixels,"
                + " or crop:0.875 with the share of it that is kept, but was \""
                + text
                + "\"");
  }

  @Test
  void cropLargerThanAnyImageIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Fit.parse("crop:.000000001", PIXEL, Interpolation.BICUBIC))
        .withMessageStartingWith("fit CENTER_CROP: expected a shorter side of 1 to 8192 pixels");
    assertThat(Fit.parse("pad:0A80ff", PIXEL, Interpolation.BOX))
        .isEqualTo(Fit.pad(List.of(10, 128, 255), Interpolation.BOX));
  }

  @Test
  void normalisationsAreParsed() {
    assertThat(Normalization.parse("0.485, 0.456,0.406", "0.229,0.224,0.225", "RGB"))
        .isEqualTo(Normalization.TORCHVISION);
    assertThat(Normalization.parse("103.939,116.779,123.68", "1", "bgr"))
        .isEqualTo(Normalization.CAFFE);
    assertThat(Normalization.parse("0.5", "0.5", "rgb")).isEqualTo(Normalization.INCEPTION);
    for (String name : List.of("torchvision", "imagenet", "ImageNet")) {
      assertThat(Normalization.byName(name)).isEqualTo(Normalization.TORCHVISION);
    }
    assertThat(Normalization.byName("caffe")).isEqualTo(Normalization.CAFFE);
    assertThat(Normalization.byName("tf")).isEqualTo(Normalization.TENSORFLOW);
    assertThat(Normalization.byName("inception")).isEqualTo(Normalization.INCEPTION);
    assertThat(Normalization.byName("unit")).isEqualTo(Normalization.UNIT);
    assertThat(Interpolation.parse("Bicubic")).isEqualTo(Interpolation.BICUBIC);
  }

  @Test
  void otherNormalisationsAreRefused() {
    for (String list : List.of("", "0.5,", "0.5,0.5", "1,2,3,4", "NaN", "a,b,c")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Normalization.parse(list, "1", "rgb"))
          .withMessage(
              "mean: expected one number or three with commas between, for example"
                  + " 0.485,0.456,0.406, but was \""
                  + list
                  + "\"");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalization.parse("0", "1", "grb"))
        .withMessage("channel order: expected rgb or bgr but was \"grb\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalization.byName("vgg"))
        .withMessage(
            "normalisation: expected one of torchvision, imagenet, caffe, tf, inception, unit but"
                + " was \"vgg\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Interpolation.parse("cubic"))
        .withMessage(
            "interpolation: expected bilinear, bicubic, box, hamming or lanczos but was \"cubic\"");
  }

  /** Torchvision draws areas and ratios in 32 bits, this project in 64; the ranges are equal. */
  @Test
  void randomResizedCropStaysWithinItsRanges() {
    RandomResizedCrop crop = new RandomResizedCrop();
    SplittableRandom random = new SplittableRandom(3);
    double least = 1;
    double most = 0;
    for (int i = 0; i < 2000; i++) {
      RandomResizedCrop.Box box = crop.draw(new Shape(3, 300, 400), random);
      assertThat(box.top()).isBetween(0, 300 - box.height());
      assertThat(box.left()).isBetween(0, 400 - box.width());
      double share = box.height() * box.width() / 120_000.0;
      assertThat((double) box.width() / box.height()).isBetween(0.74, 1.35);
      least = Math.min(least, share);
      most = Math.max(most, share);
    }
    assertThat(least).isBetween(0.079, 0.09);
    assertThat(most).isBetween(0.97, 1.0);
    // torchvision's fallback for sides of 10 and 1000
    assertThat(crop.draw(new Shape(3, 1000, 10), random))
        .isEqualTo(new RandomResizedCrop.Box(493, 0, 13, 10));
    assertThat(crop.draw(new Shape(3, 10, 1000), random))
        .isEqualTo(new RandomResizedCrop.Box(0, 493, 10, 13));
  }

  @Test
  void randomResizedCropTakesThePlaceOfTheFitInTraining() {
    Shape output = new Shape(3, 2, 2);
    ImagePipeline pipeline =
        ImagePipeline.exact(output, Normalization.UNIT).augmented(new RandomResizedCrop());
    Image larger = new Image(new Shape(3, 5, 7), new byte[105]);

    assertThat(pipeline.augmented(pipeline.fitted(larger), new SplittableRandom(1), false).shape())
        .isEqualTo(output);
    assertThatIllegalArgumentException().isThrownBy(() -> pipeline.image(larger));
  }

  /** Parts of a reduced image are never enlarged, and a larger factor would enlarge some. */
  @ParameterizedTest
  @CsvSource({
    "3000, 4000, 0.08, 3",
    "3000, 4000, 0.3, 7",
    "500, 375, 0.08, 1",
    "100, 9000, 0.9, 1"
  })
  void imagesAreReducedAsFarAsEveryPartAllows(int height, int width, double least, int factor) {
    RandomResizedCrop crop =
        new RandomResizedCrop(least, 1, 3.0 / 4, 4.0 / 3, Interpolation.BILINEAR, true);
    assertThat(crop.factor(new Shape(3, height, width), 224, 224)).isEqualTo(factor);

    SplittableRandom random = new SplittableRandom(4);
    Shape reduced = new Shape(3, (height + factor - 1) / factor, (width + factor - 1) / factor);
    Shape more = new Shape(3, height / (factor + 1), width / (factor + 1));
    boolean isEnlarged = false;
    for (int i = 0; i < 5000; i++) {
      RandomResizedCrop.Box box = crop.draw(reduced, random);
      RandomResizedCrop.Box ofMore = crop.draw(more, random);
      isEnlarged |= Math.min(ofMore.height(), ofMore.width()) < 224;
      if (factor > 1) {
        assertThat(Math.min(box.height(), box.width())).isGreaterThanOrEqualTo(224);
      }
    }
    assertThat(isEnlarged).isTrue();
  }

  /** A part that is one pixel of the result off would differ by up to 12 of 255. */
  @Test
  void reducingChangesLittle() {
    RandomResizedCrop exact = new RandomResizedCrop(0.35);
    RandomResizedCrop reduced =
        new RandomResizedCrop(0.35, 1, 3.0 / 4, 4.0 / 3, Interpolation.BILINEAR, true);
    Image waves = new Image(new Shape(1, 600, 840), new byte[600 * 840]);
    for (int i = 0; i < waves.pixels().length; i++) {
      double down = Math.floorDiv(i, 840);
      double across = Math.floorMod(i, 840);
      waves.pixels()[i] = (byte) (127.5 + 100 * Math.sin(down / 90) * Math.cos(across / 70));
    }
    assertThat(exact.drawable(waves, 45, 45)).isSameAs(waves);
    Image small = reduced.drawable(waves, 45, 45);
    assertThat(small.shape()).isEqualTo(new Shape(1, 75, 105));
    RandomResizedCrop.Box part = new RandomResizedCrop.Box(10, 20, 48, 56);
    RandomResizedCrop.Box same = new RandomResizedCrop.Box(80, 160, 384, 448);
    byte[] expected = exact.resized(waves, same, 45, 45).pixels();
    byte[] actual = reduced.resized(small, part, 45, 45).pixels();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) (actual[i] & 0xff)).isCloseTo(expected[i] & 0xff, within(2.0));
    }
  }
}
