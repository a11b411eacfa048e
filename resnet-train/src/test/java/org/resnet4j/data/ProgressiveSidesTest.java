package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.training.Toy;

/** Batches whose images have another side in some epochs. */
class ProgressiveSidesTest {
  private static final ImageSource SQUARES = new Toy.Squares(40, 1);

  private static INDArray firstBatch(ImagePipeline pipeline, int epoch, int... sides)
      throws IOException {
    try (Batches batches =
        Batches.of(SQUARES)
            .size(8)
            .pipeline(pipeline)
            .shuffle(7)
            .sides(
                next -> sides.length == 0 ? 0 : sides[next], Arrays.stream(sides).max().orElse(0))
            .build()) {
      batches.startEpoch(epoch);
      return batches.next().getFeatures();
    }
  }

  private static ImagePipeline pipeline(int side, int resize) {
    return ImagePipeline.of(
            new Shape(1, side, side),
            Fit.centerCrop(resize, Interpolation.BILINEAR),
            Normalization.UNIT)
        .augmented(new HorizontalFlip());
  }

  @Test
  void imagesOfAnEpochAreThoseOfAPipelineOfItsSide() throws IOException {
    ImagePipeline large = pipeline(12, 18);
    assertThat(firstBatch(large, 0, 8, 0)).isEqualTo(firstBatch(pipeline(8, 12), 0));
    assertThat(firstBatch(large, 1, 8, 0)).isEqualTo(firstBatch(large, 1));
    assertThat(firstBatch(large, 0, 8, 0).shape()).containsExactly(8, 1, 8, 8);
  }

  @Test
  void imagesThatAreTakenAsTheyAreAreStretched() throws IOException {
    Shape own = new Shape(1, 8, 8);
    ImagePipeline stretched =
        ImagePipeline.of(
            new Shape(1, 6, 6), Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT);
    assertThat(firstBatch(ImagePipeline.exact(own, Normalization.UNIT), 0, 6))
        .isEqualTo(firstBatch(stretched, 0));
  }

  @Test
  void batchesThatAreTooLargeInALaterEpochAreRefused() {
    BatchesBuilder batches =
        Batches.of(SQUARES)
            .size(40)
            .pipeline(
                ImagePipeline.of(
                    new Shape(1, 12, 12), Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT))
            .sides(epoch -> epoch == 0 ? 0 : 8000, 8000);

    assertThatThrownBy(batches::build)
        .hasMessage("batch size: expected at most 8 images of 1x8000x8000 but was 40");
  }
}
