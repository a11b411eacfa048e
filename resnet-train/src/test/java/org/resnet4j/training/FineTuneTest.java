package org.resnet4j.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Provenance;
import org.resnet4j.zoo.StageName;

/** Fine-tuning starts from a model, trains its parts in order and is resumed bit for bit. */
class FineTuneTest {
  private static final Architecture NET =
      Architectures.byName("resnet20_cifar")
          .with(
              arch ->
                  arch.name("toy")
                      .input(3, 12, 12)
                      .classes(5)
                      .stemWidth(4)
                      .depths(1, 1, 1)
                      .widths(4, 8, 16)
                      .dropout(0.2));

  /** Keras's order of channels and a crop: neither is a default of training. */
  private static final ImagePipeline PIPELINE =
      ImagePipeline.of(
          new Shape(3, 12, 12), Fit.centerCrop(14, Interpolation.BICUBIC), Normalization.CAFFE);

  private static final Model SOURCE =
      new Model(
          "source",
          NET,
          Models.create(NET, 9).network(),
          PIPELINE,
          ClassNames.numbered(5),
          new Provenance("toy.weights", "https://example.org", "CC-BY-NC-4.0", "none", null, null));

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    writeImages(folder);
  }

  /** Writes 24 images of each split of {@code photos}. */
  static void writeImages(Path folder) throws IOException {
    Random random = new Random(4);
    for (String split : List.of("train", "test")) {
      for (int i = 0; i < 24; i++) {
        String name = List.of("red", "green", "blue").get(i % 3);
        BufferedImage image = new BufferedImage(20, 16 + i % 5, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < 20 * image.getHeight(); pixel++) {
          int noise = random.nextInt(1 << 24) & 0x5f5f5f;
          image.setRGB(pixel % 20, pixel / 20, noise + (0x900000 >> (8 * (i % 3))));
        }
        Path file = folder.resolve("photos").resolve(split).resolve(name);
        Files.createDirectories(file);
        ImageIO.write(image, "png", file.resolve(i + ".png").toFile());
      }
    }
  }

  private Trainer trainer() throws IOException {
    return trainer(folder, 4);
  }

  /** Returns a fine-tuning on {@code photos} whose first two epochs train the classifier alone. */
  static Trainer trainer(Path folder, int epochs) throws IOException {
    Path saved = folder.resolve("source.zip");
    if (!Files.exists(saved)) {
      SOURCE.save(saved);
    }
    return FineTune.of(Models.open(saved))
        .on("folder:" + folder.resolve("photos"))
        .home(new DataHome(folder, folder))
        .headEpochs(2)
        .adjust(base -> base.lasting(epochs).with(next -> next.batch(6).learningRate(0.05)));
  }

  /** Collects the parameters after every epoch. */
  private static final class Parameters implements TrainingProgress {
    private final Path run;
    private final int stopAfter;
    final List<Map<String, INDArray>> epochs = new ArrayList<>();

    Parameters(Path run, int stopAfter) {
      this.run = run;
      this.stopAfter = stopAfter;
    }

    @Override
    public void epochDone(RunRecord record) {
      try {
        Path latest = record.isLastBest() ? run.resolve("model.zip") : run.resolve("last.zip");
        epochs.add(Checkpoint.graph(latest).paramTable());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      if (record.epochs().size() == stopAfter) {
        throw new IllegalStateException("stopped");
      }
    }
  }

  private static boolean same(Map<String, INDArray> one, Map<String, INDArray> other, String part) {
    List<String> names = one.keySet().stream().filter(name -> name.startsWith(part)).toList();
    assertThat(names).isNotEmpty();
    return names.stream().allMatch(name -> requireNonNull(one.get(name)).equals(other.get(name)));
  }

  /** A longer schedule must not train the other parts at the classifier's rate. */
  @Test
  void continuedRunKeepsTheRatesOfPartsAndResumesBitForBit() throws IOException {
    Path straight = folder.resolve("straight");
    RunSetup four = trainer().run(straight).record().setup();
    Map<String, INDArray> before = Checkpoint.graph(new RunFolder(straight).latest()).paramTable();
    Training.Result whole = longer(four).run(straight);
    ComputationGraph graph = Checkpoint.graph(new RunFolder(straight).latest());
    String head = graph.getConfiguration().getNetworkOutputs().get(0);
    graph.getConfiguration().setIterationCount(graph.getIterationCount() - 1);

    assertThat(whole.record().epochs()).hasSize(6);
    assertThat(graph.getLearningRate(head)).isGreaterThan(0);
    assertThat(graph.getLearningRate("stage2.block0.conv1") / graph.getLearningRate(head))
        .isCloseTo(0.1, within(1e-9));
    assertThat(same(before, graph.paramTable(), "stage2")).isFalse();

    Path killed = folder.resolve("killed");
    trainer().run(killed);
    assertThatThrownBy(() -> longer(four).progress(new Parameters(killed, 5)).run(killed))
        .hasMessage("stopped");
    RunSetup wanted = Training.resumable(killed).orElseThrow().setup();
    assertThat(wanted.recipe().epochs()).isEqualTo(6);
    Trainer.resuming(wanted).home(new DataHome(folder, folder)).run(killed);
    TrainingTest.assertSameBits(
        Checkpoint.graph(new RunFolder(killed).latest()),
        Checkpoint.graph(new RunFolder(straight).latest()));
  }

  private Trainer longer(RunSetup setup) {
    return Trainer.resuming(setup)
        .home(new DataHome(folder, folder))
        .adjust(recipe -> recipe.until(6));
  }

  @Test
  void classifierIsTrainedFirstThenAllButFrozenParts() throws IOException {
    Path run = folder.resolve("run");
    Parameters after = new Parameters(run, 0);
    trainer().freezeThrough(StageName.C2).progress(after).run(run);
    Map<String, INDArray> before = SOURCE.network().paramTable();

    for (String part : List.of("stem", "stage0", "stage1", "stage2")) {
      assertThat(same(before, after.epochs.get(1), part)).as(part).isTrue();
    }
    assertThat(same(after.epochs.get(0), after.epochs.get(1), "head")).isFalse();
    for (String part : List.of("stem", "stage0")) {
      assertThat(same(before, after.epochs.get(3), part)).as(part).isTrue();
    }
    for (String part : List.of("stage1", "stage2", "head")) {
      assertThat(same(after.epochs.get(1), after.epochs.get(2), part)).as(part).isFalse();
    }
  }

  @Test
  void runStoppedAfterAnyEpochEndsWithTheParametersOfAnUninterruptedRun() throws IOException {
    INDArray whole = trainer().run(folder.resolve("whole")).graph().params();
    for (int epochs = 1; epochs < 4; epochs++) {
      Path run = folder.resolve("stopped" + epochs);
      Trainer stopped = trainer().progress(new Parameters(run, epochs));
      assertThatThrownBy(() -> stopped.run(run)).hasMessage("stopped");

      Training.Result resumed = Trainer.resume(run).home(new DataHome(folder, folder)).run(run);
      assertThat(resumed.record().epochs()).hasSize(4);
      assertThat(resumed.graph().params()).as("after epoch %s", epochs).isEqualTo(whole);
    }
  }

  @Test
  void fineTuningIsResumedWithTheSettingsThatItHas() throws IOException {
    Path run = folder.resolve("run");
    trainer().freezeThrough(StageName.C2).run(run);

    Trainer same = Trainer.resume(run).home(new DataHome(folder, folder));
    assertThat(same.freezeThrough(StageName.C2).headEpochs(2).run().record().isFinished()).isTrue();
    Trainer other = Trainer.resume(run).home(new DataHome(folder, folder));
    assertThatThrownBy(() -> other.freezeThrough(StageName.C3).run())
        .hasMessageContaining("its tuning.frozenThrough was \"C2\" and is now \"C3\"");
  }

  @Test
  void runWhoseSourceHasChangedIsNotBegunAgain() throws IOException {
    Path run = folder.resolve("run");
    TrainingProgress stop =
        new TrainingProgress() {
          @Override
          public void started(RunRecord record) {
            throw new IllegalStateException("stopped");
          }
        };
    Trainer stopped = trainer().progress(stop);
    assertThatThrownBy(() -> stopped.run(run)).hasMessage("stopped");
    new Model(
            "other",
            NET,
            Models.create(NET, 1).network(),
            PIPELINE,
            SOURCE.classes(),
            Provenance.NONE)
        .save(folder.resolve("source.zip"));

    Trainer resumed = Trainer.resume(run).home(new DataHome(folder, folder));
    assertThatThrownBy(() -> resumed.run(run))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected the parameters that the run began with");
  }

  @Test
  void moreEpochsOfTheClassifierThanOfTheTrainingAreRefused() {
    assertThatThrownBy(() -> trainer().headEpochs(9).run(folder.resolve("run")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("epochs of the classifier alone: expected at most the ")
        .hasMessageEndingWith(" epochs of the training but was 9");
  }

  /** Training's test accuracy, the saved model's classifier and the result agree on every file. */
  @Test
  void modelFileSeesThePixelsOfItsSourceAndKeepsItsLicence() throws IOException {
    Path run = folder.resolve("run");
    Training.Result result = trainer().run(run);

    Model read = Models.open(run);
    assertThat(read.pipeline()).isEqualTo(PIPELINE);
    assertThat(read.classes().names()).containsExactly("blue", "green", "red");
    assertThat(read.provenance().licence()).isEqualTo("CC-BY-NC-4.0");
    assertThat(read.provenance().weights()).isEqualTo("toy.weights");
    assertThat(read.network().params()).isEqualTo(result.model().network().params());
    int index = 0;
    try (Classifier classifier = read.classifier()) {
      for (String name : List.of("blue", "green", "red")) {
        List<Path> files;
        try (var children = Files.list(folder.resolve("photos/test").resolve(name))) {
          files = children.sorted().toList();
        }
        for (Path file : files) {
          assertThat(classifier.top(file, 1).get(0).index())
              .as(file.toString())
              .isEqualTo(result.test().predicted()[index++]);
        }
      }
    }
    assertThat(index).isEqualTo(24);
  }

  @Test
  void fewImagesLeaveTheFirstStagesFrozen() throws IOException {
    RunSetup setup = trainer().run(folder.resolve("run")).record().setup();

    Tuning tuning = requireNonNull(setup.tuning());
    assertThat(tuning.frozenThrough()).isEqualTo(StageName.C3);
    assertThat(tuning.rates())
        .containsOnlyKeys(StageName.STEM, StageName.C2, StageName.C3, StageName.C4);
    assertThat(setup.recipe().name()).isEqualTo("fine-tune");
  }

  @Test
  void trainingOfAModelWithTheSameClassesKeepsItsClassifier() throws IOException {
    Model trained = trainer().run(folder.resolve("run")).model();
    Path again = folder.resolve("again");
    Training.Result result =
        Trainer.of(trained)
            .on("folder:" + folder.resolve("photos"))
            .home(new DataHome(folder, folder))
            .recipe(trainer().recipe())
            .adjust(base -> base.lasting(1).with(next -> next.learningRate(1e-9)))
            .run(again);

    ComputationGraph before = trained.network();
    assertThat(requireNonNull(result.record().setup().tuning()).keepsClassifier()).isTrue();
    assertThat(
            result
                .graph()
                .getParam("head.fc_W")
                .sub(before.getParam("head.fc_W"))
                .amaxNumber()
                .doubleValue())
        .isLessThan(1e-5);
  }

  @Test
  void settingsOfTuningAreRefusedWithoutAModel() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.of(NET).freezeThrough(StageName.C2))
        .withMessageStartingWith("freezeThrough: expected a training that starts from a model");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FineTune.of(SOURCE).freezeThrough(StageName.C5))
        .withMessageContaining("C2 to C4 or HEAD");
  }
}
