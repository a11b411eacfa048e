package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.HeldOut;
import org.resnet4j.data.ImageFindings;
import org.resnet4j.data.ImageProblem;
import org.resnet4j.data.ImageProblem.Kind;
import org.resnet4j.data.UnreadableImagesException;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.recipe.Regularization;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.zoo.Models;

/** A folder of images, dark and bright, is trained on in one statement. */
class TrainerTest {
  private static final Recipe RECIPE =
      Recipes.byName("quick").lasting(2).with(next -> next.batch(4).imagesPerClass(0));

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    for (String split : List.of("train", "test")) {
      for (int i = 0; i < 8; i++) {
        boolean bright = i % 2 == 0;
        Path file = folder.resolve("photos").resolve(split).resolve(bright ? "day" : "night");
        Files.createDirectories(file);
        write(file.resolve(i + ".png"), bright ? 0xe0d0c0 + i : 0x101820 + i);
      }
    }
  }

  private Trainer trainer() {
    return Trainer.of(Toy.NET)
        .on("folder:" + folder.resolve("photos"))
        .home(new DataHome(folder, folder))
        .recipe(RECIPE);
  }

  @Test
  void trainingOnAFolderWritesModelRecordAndReport() throws IOException {
    Path run = folder.resolve("run");
    Training.Result result = trainer().run(run);
    assertThat(result.record().setup().architecture().input()).isEqualTo(new Shape(3, 8, 8));
    assertThat(result.record().setup().classes()).containsExactly("day", "night");
    assertThat(result.record().epochs()).hasSize(2);
    assertThat(result.test().result().examples()).isEqualTo(8);
    assertThat(run.resolve(Training.MODEL)).exists();
    assertThat(run.resolve(Training.RECORD)).exists();
    assertThat(run.resolve(Trainer.REPORT)).content().contains("day", "night");
    assertThatThrownBy(() -> trainer().run(run)).isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void stochasticDepthOfTheRecipeIsInTheArchitecture() throws IOException {
    Training.Result result =
        trainer()
            .recipe(
                RECIPE.with(
                    next ->
                        next.regularization(Regularization.NONE.stochasticDepth(0.25).repeats(2))))
            .run(folder.resolve("run"));

    assertThat(result.record().setup().architecture().blocks().stochasticDepth()).isEqualTo(0.25);
    assertThat(Models.open(folder.resolve("run")).requireArchitecture())
        .isEqualTo(result.record().setup().architecture());
  }

  @Test
  void resumedRunEndsWithTheParametersOfAnUninterruptedRun() throws IOException {
    Training.Result whole = trainer().run(folder.resolve("whole"));
    Path interrupted = folder.resolve("interrupted");
    TrainingProgress stop =
        new TrainingProgress() {
          @Override
          public void epochDone(RunRecord record) {
            throw new IllegalStateException("stopped after an epoch");
          }
        };
    assertThatThrownBy(() -> trainer().progress(stop).run(interrupted))
        .hasMessage("stopped after an epoch");
    Training.Result resumed =
        Trainer.resuming(Checkpoint.record(interrupted.resolve(Training.MODEL)).setup())
            .home(new DataHome(folder, folder))
            .run(interrupted);
    assertThat(resumed.record().epochs()).hasSize(2);
    assertThat(resumed.graph().params()).isEqualTo(whole.graph().params());
  }

  /** Data that has changed since the training, or is listed elsewhere, has another split. */
  @Test
  void evaluationCountsImagesOfTheTrainingUnderAnyName() throws IOException {
    Path flat = Files.createDirectories(folder.resolve("flat"));
    Path day = Files.createDirectories(flat.resolve("day"));
    Path night = Files.createDirectories(flat.resolve("night"));
    for (int i = 0; i < 10; i++) {
      write(day.resolve(i + ".png"), 0xe0d0c0 + i);
      write(night.resolve(i + ".png"), 0x101820 + i);
    }
    Dataset photos = Dataset.folder(flat);
    Training.Result result =
        Trainer.of(Toy.NET).on(photos).recipe(RECIPE).run(folder.resolve("flat-run"));
    assertThat(Evaluation.of(result.model()).on(photos).run().result().trained()).isZero();

    write(day.resolve("new.png"), 0xffffff);
    EvaluationResult later = Evaluation.of(result.model()).on(photos).run().result();
    assertThat(later.examples()).isEqualTo(21);
    assertThat(later.trained()).isEqualTo(16);
    Files.delete(day.resolve("new.png"));

    Path lists = Files.createDirectories(folder.resolve("lists"));
    Path copy = Files.copy(first(photos, Split.TRAIN), lists.resolve("a"));
    Path kept = first(photos, Split.TEST);
    Path list = Files.writeString(lists.resolve("moved.csv"), copy + ",day\n" + kept + ",night\n");
    Predictions listed = Evaluation.of(result.model()).on(Dataset.list(list)).run();
    assertThat(listed.result().trained()).isEqualTo(1);
    assertThat(listed.result().untrainedAccuracy())
        .isEqualTo(listed.predicted()[1] == listed.labels()[1] ? 1.0 : 0.0);
  }

  private static Path first(Dataset data, Split split) throws IOException {
    try (OpenDataset images = data.open(split)) {
      return images.source().file(0).orElseThrow();
    }
  }

  private static void write(Path file, int colour) throws IOException {
    BufferedImage image = new BufferedImage(12, 10, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 120; pixel++) {
      image.setRGB(pixel % 12, pixel / 12, colour);
    }
    ImageIO.write(image, "png", file.toFile());
  }

  @Test
  void unreadableImagesAreRefusedOrLeftOutAndRecorded() throws IOException {
    Files.writeString(folder.resolve("photos/train/day/damaged.png"), "text");
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> trainer().run(run))
        .isInstanceOf(UnreadableImagesException.class)
        .hasMessageStartingWith("1 of 17 images cannot be read, the first: ");
    assertThat(run).doesNotExist();

    List<ImageProblem> told = new ArrayList<>();
    TrainingProgress progress =
        new TrainingProgress() {
          @Override
          public void found(ImageFindings findings) {
            told.addAll(findings.problems());
          }
        };
    trainer().skipUnreadable().progress(progress).run(run);
    RunSetup setup = RunRecord.read(run.resolve(Training.RECORD)).setup();
    assertThat(setup.training().leftOut()).containsExactly("train/day/damaged.png");
    assertThat(setup.training().examples()).isEqualTo(8);
    assertThat(setup.training().origin()).endsWith("; 1 left out");
    assertThat(told).extracting(ImageProblem::kind).contains(Kind.UNREADABLE, Kind.LEAKAGE);
    assertThat(RunRecord.read(run.resolve(Training.RECORD)).notes())
        .anyMatch(note -> note.startsWith("8 of 8 test images equal training images"));
    Training.Result resumed = Trainer.resuming(setup).home(new DataHome(folder, folder)).run(run);
    assertThat(resumed.record().setup().training()).isEqualTo(setup.training());
  }

  @Test
  void splitOfARunIsRecordedAndUsedToResume() throws IOException {
    Path run = folder.resolve("run");
    Dataset flat = Dataset.folder(folder.resolve("photos/train")).split(0.5, 3);
    trainer().on(flat).run(run);
    RunSetup setup = RunRecord.read(run.resolve(Training.RECORD)).setup();
    assertThat(setup.test().heldOut()).isEqualTo(new HeldOut(0.5, 3));
    assertThat(setup.test().examples()).isEqualTo(4);
    Training.Result resumed = Trainer.resuming(setup).home(new DataHome(folder, folder)).run(run);
    assertThat(resumed.record().setup()).isEqualTo(setup);
    assertThatThrownBy(
            () ->
                Trainer.resuming(setup)
                    .on(flat.split(0.25, 3))
                    .home(new DataHome(folder, folder))
                    .run(run))
        .hasMessageContaining("its test.examples was 4 and is now 2");
  }

  @Test
  void pipelineThatIsChangedIsRecordedAndResumedOnlyAsItWas() throws IOException {
    Path run = folder.resolve("run");
    UnaryOperator<ImagePipeline> padded = it -> it.with(Fit.pad(Interpolation.BICUBIC));
    RunSetup setup = trainer().pipeline(padded).run(run).record().setup();
    assertThat(setup.pipeline().fit()).isEqualTo(Fit.pad(Interpolation.BICUBIC));

    Trainer same = Trainer.resuming(setup).home(new DataHome(folder, folder)).pipeline(padded);
    assertThat(same.run(run).record().setup()).isEqualTo(setup);
    Trainer other =
        Trainer.resuming(setup)
            .home(new DataHome(folder, folder))
            .pipeline(it -> it.with(Fit.stretch(Interpolation.BICUBIC)));
    assertThatThrownBy(() -> other.run(run))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its images.fit.kind was \"PAD\" and is now \"STRETCH\"");

    Path zip = Files.copy(run.resolve(Training.MODEL), folder.resolve("older.zip"));
    try (FileSystem entries = FileSystems.newFileSystem(zip)) {
      Files.delete(entries.getPath("resnet4j-model.json"));
    }
    assertThat(Models.open(zip).pipeline()).isEqualTo(setup.pipeline());
  }

  @Test
  void resumingOnOtherDataSaysSo() throws IOException {
    Path run = folder.resolve("run");
    RunSetup setup = trainer().run(run).record().setup();
    Trainer again = Trainer.resuming(setup).home(new DataHome(folder, folder));
    Path photos = folder.resolve("photos");
    write(photos.resolve("train/day/new.png"), 0xffffff);
    assertThatThrownBy(() -> again.run(run))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its training.examples was 8 and is now 9; restore the images");

    for (String split : List.of("train", "test")) {
      Path third = Files.createDirectories(photos.resolve(split).resolve("dusk"));
      write(third.resolve("1.png"), 0x808080);
      write(third.resolve("2.png"), 0x818181);
    }
    assertThatThrownBy(() -> again.run(run))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("folder:" + photos)
        .hasMessageContaining(
            "expected the 2 classes of the run that is resumed, [day, night], but there are 3: [day, dusk, night]");
  }

  @Test
  void fewPhotosAreTrainedOnByTheirOwnRecipe() throws IOException {
    Trainer trainer =
        Trainer.of(Toy.NET)
            .on("folder:" + folder.resolve("photos"))
            .home(new DataHome(folder, folder));
    assertThat(trainer.recipe().name()).isEqualTo("photos");
    Recipe used =
        trainer
            .adjust(base -> base.lasting(2))
            .run(folder.resolve("run"))
            .record()
            .setup()
            .recipe();
    assertThat(used.dataset()).isEqualTo("folder");
    assertThat(used.statistics()).isEqualTo("imagenet");
    assertThat(used.batch()).isEqualTo(8);
    assertThat(used.imageSize()).isEqualTo(8);
    assertThat(used.epochs()).isEqualTo(2);
    assertThat(used.learningRate()).isEqualTo(Recipes.byName("photos").withBatch(8).learningRate());
  }

  @Test
  void batchThatIsSetIsKeptUnlessThereAreFewerImages() throws IOException {
    Recipe used =
        trainer()
            .adjust(base -> base.with(next -> next.batch(100).learningRate(0.01)))
            .run(folder.resolve("run"))
            .record()
            .setup()
            .recipe();
    assertThat(used.batch()).isEqualTo(8);
    assertThat(used.learningRate()).isEqualTo(0.01);
  }

  private String standardError(Trainer trainer, Path run) throws IOException {
    PrintStream before = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    try {
      trainer.run(run);
    } finally {
      System.setErr(before);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  /** The logger of tests writes to standard error at the level of information. */
  @Test
  void everyEpochIsLoggedUnlessTrainingIsSilent() throws IOException {
    assertThat(standardError(trainer(), folder.resolve("run")))
        .contains("train on  ", "results   ")
        .containsPattern("Trainer - epoch 1/2: loss .* s left")
        .contains("Trainer - epoch 2/2: loss ");
    Trainer silent = trainer().progress(TrainingProgress.NONE);
    assertThat(standardError(silent, folder.resolve("silent"))).doesNotContain("Trainer - ");
  }

  @Test
  void runIsResumedByItsFolderAlone() throws IOException {
    Path run = folder.resolve("run");
    trainer().run(run);

    Training.Result longer =
        Trainer.resume(run)
            .home(new DataHome(folder, folder))
            .adjust(recipe -> recipe.until(3))
            .run();
    assertThat(longer.folder()).isEqualTo(run);
    assertThat(longer.record().epochs()).hasSize(3);
    assertThatThrownBy(() -> Trainer.resume(folder.resolve("photos")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is neither model.zip nor run.json; is it another folder?");
  }

  @Test
  void runsWithoutAFolderGetTheFirstThatIsNew() throws IOException {
    Path runs = folder.resolve("runs");
    assertThat(RunFolder.next(runs, "a")).isEqualTo(runs.resolve("a")).isDirectory();
    assertThat(RunFolder.next(runs, "a")).isEqualTo(runs.resolve("a-2")).isDirectory();
    assertThat(RunFolder.next(runs, "a")).isEqualTo(runs.resolve("a-3"));
  }

  @Test
  void architectureIsThatOfTheRecipeOfTheDataUnlessSet() {
    TrainerSettings settings = new TrainerSettings();
    assertThat(settings.architecture().name()).isEqualTo("resnet8");
    settings.data = Dataset.folder(folder);
    assertThat(settings.architecture().name()).isEqualTo("resnet18");
    settings.recipe = Recipes.byName("akamaster");
    assertThat(settings.architecture().name()).isEqualTo("resnet20_cifar");
  }

  @Test
  void refusedTrainingLeavesNoFolderBehind() {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> trainer().on("folder:" + folder.resolve("nowhere")).run(run))
        .isInstanceOf(IOException.class);
    assertThat(run).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "AAAA, expected 8 characters for each image but there are 4 in all",
    "AAAA????, expected Base64 but there is another character"
  })
  void damagedSumsAreRefused(String sums, String reason) throws IOException {
    Path run = folder.resolve("run");
    trainer().run(run);
    String json = Files.readString(run.resolve(Training.RECORD));
    String damaged = json.replaceAll("\"sums\" : \"[^\"]+\"", "\"sums\" : \"" + sums + "\"");
    assertThat(damaged).isNotEqualTo(json);
    assertThatThrownBy(() -> RunRecord.parse("run.json", damaged.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("run.json: ")
        .hasMessageContaining(reason);
  }
}
