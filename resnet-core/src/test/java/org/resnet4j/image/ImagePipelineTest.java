package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
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
        ImagePipeline.exact(shape, Normalization.UNIT)
            .augmented((image, random) -> HorizontalFlip.flipped(image));
    Image image = new Image(shape, new byte[] {1, 2});

    assertThat(pipeline.image(image, new SplittableRandom(1)).pixels()).containsExactly(2, 1);
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
            "fit CENTER_CROP: expected a shorter side of at least 1 pixel for a crop, and 0"
                + " without, but was 0");
  }
}
