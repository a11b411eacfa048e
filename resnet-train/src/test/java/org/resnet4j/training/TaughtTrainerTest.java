package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.Teaching;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/** A trainer distils the model of an earlier run, and trains with other losses. */
class TaughtTrainerTest {
  private static final Recipe RECIPE =
      Recipes.byName("quick").lasting(2).with(next -> next.batch(4).imagesPerClass(0));

  /** Stops a run after its first epoch. */
  private static final TrainingProgress STOP =
      new TrainingProgress() {
        @Override
        public void epochDone(RunRecord record) {
          throw new IllegalStateException("stopped after an epoch");
        }
      };

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    for (int i = 0; i < 16; i++) {
      Path file =
          folder
              .resolve("photos")
              .resolve(i < 8 ? "train" : "test")
              .resolve(i % 2 == 0 ? "day" : "night");
      Files.createDirectories(file);
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 64; pixel++) {
        image.setRGB(pixel % 8, pixel / 8, (i % 2 == 0 ? 0xe0d0c0 : 0x101820) + i + pixel);
      }
      ImageIO.write(image, "png", file.resolve(i + ".png").toFile());
    }
  }

  private Trainer trainer() {
    return Trainer.of(Toy.NET)
        .on(Dataset.folder(folder.resolve("photos")))
        .progress(TrainingProgress.NONE)
        .recipe(RECIPE);
  }

  @Test
  void resumedRunOpensItsTeacherByName() throws IOException {
    Path file = trainer().seed(1).run(folder.resolve("teacher")).folder().resolve(Training.MODEL);
    Model teacher = Models.open(file);
    Distillation loss = new Distillation(0.7, 2);
    Training.Result whole = trainer().teacher(teacher, loss).run(folder.resolve("whole"));
    assertThat(whole.record().setup().teaching())
        .isEqualTo(new Teaching(file.toString(), teacher.fingerprint(), 0.7, 2));

    Path stopped = folder.resolve("stopped");
    assertThatThrownBy(() -> trainer().teacher(teacher, loss).progress(STOP).run(stopped))
        .hasMessage("stopped after an epoch");
    Training.Result resumed = Trainer.resume(stopped).progress(TrainingProgress.NONE).run();
    assertThat(resumed.graph().params()).isEqualTo(whole.graph().params());
    assertThat(resumed.graph().params())
        .isNotEqualTo(trainer().run(folder.resolve("untaught")).graph().params());

    Path again = folder.resolve("again");
    assertThatThrownBy(() -> trainer().teacher(teacher, loss).progress(STOP).run(again))
        .hasMessage("stopped after an epoch");
    Files.copy(
        folder.resolve("untaught").resolve(Training.MODEL),
        file,
        StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> Trainer.resume(again).run())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected the parameters that the run began with");
  }

  @Test
  void fineTuningKeepsItsLossAfterTheHeadEpochs() throws IOException {
    Model start = trainer().run(folder.resolve("start")).model();
    Training.Result tuned =
        FineTune.of(start)
            .on(Dataset.folder(folder.resolve("photos")))
            .progress(TrainingProgress.NONE)
            .recipe(RECIPE.with(next -> next.loss(Recipe.Loss.BINARY_CROSS_ENTROPY)))
            .headEpochs(1)
            .run(folder.resolve("tuned"));
    assertThat(TrainedLoss.of(tuned.graph())).isEqualTo(new BinaryCrossEntropy());
    assertThat(tuned.record().epochs()).hasSize(2);
  }
}
