package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.data.Batches;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;

class FirstBatchTest {
  @TempDir Path folder;

  @Test
  void normalisedImagesAndTheLossOfAGuessAreRight() {
    Nd4j.getRandom().setSeed(1);
    INDArray normal = Nd4j.randn(DataType.FLOAT, 4, 3, 16, 16);
    assertThat(FirstBatch.warnings(normal, 10, Math.log(10), Math.log(10))).isEmpty();
    // Pixels in [0, 1] are a choice: the statistics "none".
    assertThat(FirstBatch.warnings(Nd4j.rand(DataType.FLOAT, 4, 3, 16, 16), 10, Math.log(10), 2.9))
        .isEmpty();
    assertThat(FirstBatch.warnings(Nd4j.ones(DataType.FLOAT, 4, 12), 10, Math.log(10), 2.3))
        .isEmpty();
  }

  @Test
  void bytesThatAreNotNormalisedAreReportedForEveryChannel() {
    INDArray bytes = Nd4j.rand(DataType.FLOAT, 4, 3, 16, 16).mul(255);
    assertThat(FirstBatch.warnings(bytes, 10, Math.log(10), 2.3))
        .hasSize(3)
        .first()
        .asString()
        .matches(
            "Channel 0 of the first batch has the mean 12\\d\\.\\d\\d and the std 7\\d\\.\\d\\d"
                + " after it was normalised, but about 0 and 1 are expected\\..*");
  }

  @Test
  void highOrUndefinedLossIsReported() {
    INDArray normal = Nd4j.randn(DataType.FLOAT, 4, 3, 16, 16);
    assertThat(FirstBatch.warnings(normal, 10, Math.log(10), 7.25))
        .containsExactly(
            "The loss of the first batch is 7.25, but an untrained network for 10 classes has"
                + " about 2.30. Are the images normalised, and the labels right?");
    assertThat(FirstBatch.warnings(normal, 10, Math.log(10), Double.NaN)).hasSize(1);
  }

  @Test
  void warningsAreReportedOnceAndRecorded() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(2), 3);
    ImagePipeline pipeline =
        Toy.pipeline(setup)
            .with(
                new Normalization(
                    Normalization.Order.RED_GREEN_BLUE, 1, List.of(0.0), List.of(1.0)));
    List<String> warnings = new ArrayList<>();
    try (Batches training =
            setup.recipe().trainingBatches(new Toy.Squares(40, 1), pipeline, 3).build();
        Batches test = setup.recipe().testBatches(new Toy.Squares(20, 2), pipeline).build()) {
      RunRecord record =
          Training.of(setup, EpochBatches.of(training), EpochBatches.of(test))
              .progress(
                  new TrainingProgress() {
                    @Override
                    public void warned(String message) {
                      warnings.add(message);
                    }
                  })
              .run(folder)
              .record();
      assertThat(warnings).isNotEmpty().allMatch(text -> text.contains("first batch"));
      assertThat(record.notes()).isEqualTo(warnings);
    }
  }
}
