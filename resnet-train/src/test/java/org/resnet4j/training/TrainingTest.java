package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.Image;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.TrivialAugmentWide;
import org.resnet4j.mixing.CutMix;
import org.resnet4j.mixing.Mixing;
import org.resnet4j.mixing.Mixup;
import org.resnet4j.recipe.Averaging;
import org.resnet4j.recipe.Optimizer;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Regularization;
import org.resnet4j.recipe.Resizing;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.train.Accelerated;
import org.resnet4j.train.ParameterDecay;

class TrainingTest {
  private static final RunSetup SETUP = Toy.setup(Toy.RECIPE, 3);

  @TempDir Path folder;

  @Test
  void networkLearnsAndItsRunIsRecorded() throws IOException {
    Training.Result result = Toy.training(Toy.setup(Toy.RECIPE.lasting(10), 3)).run(folder);

    RunRecord record = result.record();
    assertThat(record.status()).isEqualTo(RunRecord.Status.FINISHED);
    assertThat(record.started()).isEqualTo("2026-11-22T12:00:00Z");
    assertThat(record.epochs()).hasSize(10);
    assertThat(record.epochs().get(9).loss()).isLessThan(record.epochs().get(0).loss());
    assertThat(record.epochs().get(record.best() - 1).testAccuracy())
        .isEqualTo(result.test().result().accuracy());
    assertThat(record.evaluation()).isEqualTo(result.test().result());
    assertThat(result.test().result().accuracy()).isGreaterThan(0.9);
    assertThat(RunRecord.read(folder.resolve("run.json"))).isEqualTo(record);
    assertThat(Training.resumable(folder)).contains(record);
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    assertThat(result.graph().getListeners()).isEmpty();
  }

  @Test
  void modelIsAPlainDeeplearning4jZip() throws IOException {
    Training.Result result = Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3)).run(folder);
    ComputationGraph restored =
        ModelSerializer.restoreComputationGraph(folder.resolve("model.zip").toFile(), true);
    assertThat(restored.params()).isEqualTo(result.graph().params());
    assertThat(restored.getConfiguration()).isEqualTo(result.graph().getConfiguration());
  }

  static Stream<Recipe> recipesWithRandomness() {
    Regularization all =
        Regularization.NONE
            .labelSmoothing(0.1)
            .mixing(Mixing.of(new Mixup(0.2), new CutMix(1)))
            .repeats(2);
    return Stream.of(
        Toy.RECIPE.with(next -> next.augmentations(new RandomCrop(4))),
        Toy.RECIPE.with(next -> next.augmentations(new TrivialAugmentWide()).regularization(all)),
        Toy.RECIPE.with(next -> next.loss(Recipe.Loss.BINARY_CROSS_ENTROPY).regularization(all)),
        Toy.RECIPE.with(
            next ->
                next.optimizer(Optimizer.LAMB).learningRate(0.005).clipNorm(1).regularization(all)),
        Toy.RECIPE.with(
            next ->
                next.optimizer(Optimizer.MUON)
                    .weightDecay(0.01)
                    .averaging(new Averaging(0.9, 2))
                    .accumulation(2)),
        Toy.RECIPE.with(
            next ->
                next.averaging(new Averaging(0.9, 2))
                    .accumulation(2)
                    .decayScope(ParameterDecay.Scope.ALL)
                    .resizing(new Resizing("stretch", Interpolation.BILINEAR, List.of(6, 8)))));
  }

  @ParameterizedTest
  @MethodSource("recipesWithRandomness")
  void killedAndResumedRunEndsBitForBitEqual(Recipe recipe) throws IOException {
    RunSetup setup = Toy.setup(recipe, 3);
    Training.Result straight = Toy.training(setup).run(folder.resolve("straight"));

    Path killed = folder.resolve("killed");
    assertThatThrownBy(() -> Toy.training(setup).progress(new KilledIn(3)).run(killed))
        .isInstanceOf(Killed.class);
    assertThat(RunRecord.read(killed.resolve("run.json")).epochs()).hasSize(2);
    Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(killed);

    assertSameBits(resumed.graph(), straight.graph());
    assertThat(resumed.record()).isEqualTo(straight.record());
    ComputationGraph last = Checkpoint.graph(new RunFolder(killed).latest());
    assertSameBits(last, Checkpoint.graph(new RunFolder(folder.resolve("straight")).latest()));
    assertThat(last.getIterationCount()).isEqualTo(20);
    assertThat(last.getEpochCount()).isEqualTo(4);
  }

  /** The average follows from the parameters after each step, which a listener sees. */
  @Test
  void modelOfARunHasTheAveragedParameters() throws IOException {
    List<INDArray> steps = new ArrayList<>();
    Recipe recipe = Toy.RECIPE.lasting(1).with(next -> next.averaging(new Averaging(0.8, 1)));
    BaseTrainingListener listener =
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            steps.add(model.params().castTo(DataType.DOUBLE));
          }
        };
    Training.Result result =
        Toy.training(Toy.setup(recipe, 3))
            .engine(
                graph -> {
                  graph.addListeners(listener);
                  return graph;
                })
            .run(folder);

    int warmup = (int) Math.round(recipe.schedule().warmup().epochs() * steps.size());
    INDArray average = steps.get(Math.max(0, warmup));
    for (INDArray step : steps.subList(Math.max(0, warmup) + 1, steps.size())) {
      average = average.mul(0.8).add(step.mul(0.2));
    }
    INDArray kept = result.graph().params().castTo(DataType.DOUBLE);
    // In single precision, an update rounds to 2^-24 of a value, and values are below 4.
    assertThat(kept.sub(average).amaxNumber().doubleValue()).isLessThan(1e-6);
    assertThat(kept).isNotEqualTo(steps.get(steps.size() - 1));
    assertThat(Checkpoint.graph(folder.resolve("model.zip")).params())
        .isEqualTo(result.graph().params());
    assertThat(result.test().result())
        .isEqualTo(
            Toy.training(Toy.setup(recipe, 3))
                .start(Training.Start.RESUME)
                .run(folder)
                .test()
                .result());
  }

  @Test
  void resumingAFinishedRunTrainsNoStep() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(1), 3);
    Training.Result first = Toy.training(setup).run(folder);
    Training.Result again = Toy.training(setup).start(Training.Start.RESUME).run(folder);
    assertThat(again.record()).isEqualTo(first.record());
    assertThat(again.test().result()).isEqualTo(first.test().result());
    assertSameBits(again.graph(), first.graph());
  }

  @Test
  void equalSeedsTrainBitForBitEqualNetworksAndOtherSeedsDoNot() throws IOException {
    Recipe recipe = Toy.RECIPE.lasting(1);
    ComputationGraph first = run(Toy.setup(recipe, 5), "first");
    assertSameBits(run(Toy.setup(recipe, 5), "second"), first);
    assertThat(run(Toy.setup(recipe, 6), "third").params()).isNotEqualTo(first.params());
  }

  private ComputationGraph run(RunSetup setup, String name) throws IOException {
    Recipe once = setup.recipe().with(next -> next.evaluateEvery(0));
    return Toy.training(Toy.setup(once, setup.seed())).run(folder.resolve(name)).graph();
  }

  @Test
  void accuracyAndLossOfTheFirstEpochAreThoseOfItsTrainingBatches() throws IOException {
    // With a negligible step, one batch and no dropout, they are those of the initial network.
    Recipe recipe =
        Toy.RECIPE
            .lasting(1)
            .with(
                next ->
                    next.batch(40)
                        .learningRate(1e-30)
                        .augmentations()
                        .schedule(Toy.RECIPE.schedule().warmup(0)));
    RunSetup setup =
        new RunSetup(
            Toy.NET.with(arch -> arch.dropout(0)),
            recipe,
            3,
            SETUP.training(),
            SETUP.test(),
            Toy.CLASSES,
            Toy.STATS);
    List<Double> scores = new ArrayList<>();
    Training.Result result =
        Toy.training(setup)
            .engine(
                graph -> {
                  var batches = batches(setup);
                  var batch = batches.next();
                  var probabilities = graph.output(true, batch.getFeatures())[0];
                  var evaluation = new Evaluation(4);
                  evaluation.eval(batch.getLabels(), probabilities);
                  scores.add(evaluation.accuracy());
                  graph.setInputs(batch.getFeatures());
                  graph.setLabels(batch.getLabels());
                  graph.computeGradientAndScore();
                  scores.add(graph.score() - graph.calcRegularizationScore(true));
                  return graph;
                })
            .run(folder);
    RunRecord.Epoch epoch = result.record().epochs().get(0);
    assertThat(epoch.accuracy()).isEqualTo(scores.get(0));
    assertThat(epoch.loss()).isCloseTo(scores.get(1), within(1e-5));
  }

  private static org.resnet4j.data.Batches batches(RunSetup setup) {
    try {
      var source = new Toy.Squares(40, 1);
      return setup.recipe().trainingBatches(source, Toy.pipeline(setup), setup.seed()).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void modelIsNotOverwrittenUnlessRequested() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(1), 3);
    Toy.training(setup).run(folder);
    assertThatThrownBy(() -> Toy.training(setup).run(folder))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessage(
            folder.resolve("model.zip")
                + ": there is a model; resume it, overwrite it or choose another folder");
    Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 4)).start(Training.Start.OVERWRITE).run(folder);
    assertThat(Checkpoint.record(folder.resolve("model.zip")).setup().seed()).isEqualTo(4);
  }

  @Test
  void resumingWithAnotherSetupIsRefusedInOneSentence() throws IOException {
    Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3)).run(folder);
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(1), 3);
    assertRefused(
        Toy.setup(setup.recipe().with(next -> next.learningRate(0.05)), 3),
        "its recipe.learningRate was 0.1 and is now 0.05");
    assertRefused(
        Toy.setup(setup.recipe().with(next -> next.precision(Recipe.Precision.BF16)), 3),
        "its recipe.precision was \"FP32\" and is now \"BF16\"");
    assertRefused(Toy.setup(setup.recipe(), 4), "its seed was 3 and is now 4");
    assertRefused(
        new RunSetup(
            Toy.NET.with(arch -> arch.widths(4, 16)),
            setup.recipe(),
            3,
            setup.training(),
            setup.test(),
            Toy.CLASSES,
            Toy.STATS),
        "its architecture.blocks.widths was [4,8] and is now [4,16]");
    assertRefused(
        new RunSetup(
            Toy.NET,
            setup.recipe(),
            3,
            new RunSetup.Data("squares-train", "another disk", "squares 2 train", 40),
            setup.test(),
            Toy.CLASSES,
            Toy.STATS),
        "its training.fingerprint was \"squares 1 train\" and is now \"squares 2 train\"");
  }

  private void assertRefused(RunSetup setup, String difference) {
    assertThatThrownBy(() -> Toy.training(setup).start(Training.Start.RESUME).run(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            folder.resolve("model.zip")
                + ": expected the same setup as before but "
                + difference
                + (difference.startsWith("its training")
                    ? "; restore the images and leave out what changes their split, or begin another run in another folder"
                    : "; leave out what changes it, or choose another folder"));
  }

  @Test
  void recordNamesTheEngineAndPrecision() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(2), 3);
    assertThatThrownBy(
            () -> Toy.training(setup).engine(Other::new).progress(new KilledIn(2)).run(folder))
        .isInstanceOf(Killed.class);
    assertThat(Checkpoint.record(folder.resolve("model.zip")).engine()).isEqualTo("another");
    // The engine is no part of the setup, but the precision is.
    Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(folder);
    assertThat(resumed.record().engine()).isEqualTo("Deeplearning4j");
  }

  /** An engine that is Deeplearning4j under another name. */
  private static final class Other extends ComputationGraph implements Accelerated {
    private static final long serialVersionUID = 1;

    Other(ComputationGraph graph) {
      super(graph.getConfiguration());
      init(graph.params(), false);
    }

    @Override
    public String engine() {
      return "another";
    }
  }

  @Test
  void oldRecordWithoutAnEngineIsRead() throws IOException {
    RunRecord record = Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3)).run(folder).record();
    Path old = folder.resolve("old.json");
    Files.writeString(
        old,
        record
            .toJson()
            .replaceFirst("\\s*\"engine\" : \"Deeplearning4j\",", "")
            .replaceFirst(",\\s*\"precision\" : \"FP32\"", ""));
    assertThat(Files.readString(old)).doesNotContain("engine").doesNotContain("FP32");
    assertThat(RunRecord.read(old)).isEqualTo(record);
  }

  @Test
  void zipThatIsNoCheckpointIsNotResumed() throws IOException {
    ModelSerializer.writeModel(
        run(Toy.setup(Toy.RECIPE.lasting(1), 3), "x"), folder.resolve("model.zip").toFile(), true);
    assertThatThrownBy(() -> Toy.training(SETUP).start(Training.Start.RESUME).run(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expected a checkpoint of resnet4j");
  }

  @Test
  void divergenceIsReportedWithItsStepAndKeepsTheLastCheckpoint() throws IOException {
    Recipe wild = Toy.RECIPE.with(next -> next.learningRate(1e30));
    assertThatThrownBy(() -> Toy.training(Toy.setup(wild, 3)).run(folder.resolve("wild")))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageMatching(
            "epoch 1 of 4, step [2-5] of 5 \\(iteration [1-4]\\): the loss is NaN; the first"
                + " numbers that are not finite are the .* of .*\\. Lower the learning rate, which"
                + " was .*e\\+.., or warm up for longer\\.");
    assertThat(folder.resolve("wild").resolve("model.zip")).doesNotExist();
  }

  @Test
  void divergenceOfAnOutputIsReportedWithItsLayer() {
    assertThatThrownBy(
            () ->
                Toy.training(SETUP)
                    .engine(
                        graph -> {
                          graph.getParam("stage1.block0.conv1_W").assign(3e38);
                          return graph;
                        })
                    .run(folder))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("step 1 of 5 (iteration 0)")
        .hasMessageContaining("the output of stage1.block0.conv1. Lower");
  }

  /** A gradient overflows although the loss of that step is finite. */
  @Test
  void trainingStopsInTheStepThatMakesAParameterNan() throws IOException {
    Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3)).run(folder);
    byte[] before = Files.readAllBytes(folder.resolve("model.zip"));
    assertThatThrownBy(
            () ->
                Toy.training(Toy.setup(Toy.RECIPE.lasting(1), 3))
                    .start(Training.Start.OVERWRITE)
                    .engine(
                        graph -> {
                          graph.addListeners(new BrokenGradient());
                          return graph;
                        })
                    .run(folder))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageStartingWith(
            "epoch 1 of 1, step 2 of 5 (iteration 1): the step made parameters NaN or infinite; the"
                + " first numbers that are not finite are the parameter W of stem.conv1. Lower the"
                + " learning rate");
    assertThat(Files.readAllBytes(folder.resolve("model.zip"))).isEqualTo(before);
  }

  private static final class BrokenGradient extends BaseTrainingListener {
    private int steps;

    @Override
    public void onBackwardPass(Model model) {
      if (++steps == 2) {
        ((ComputationGraph) model).getFlattenedGradients().putScalar(0, Double.NaN);
      }
    }
  }

  @Test
  void plainSgdResumesWithoutUpdaterState() throws IOException {
    RunSetup setup = Toy.setup(Toy.RECIPE.lasting(2).with(next -> next.momentum(0)), 3);
    Training.Result straight = Toy.training(setup).run(folder.resolve("straight"));
    Path killed = folder.resolve("killed");
    assertThatThrownBy(() -> Toy.training(setup).progress(new KilledIn(2)).run(killed))
        .isInstanceOf(Killed.class);
    Training.Result resumed = Toy.training(setup).start(Training.Start.RESUME).run(killed);
    assertThat(resumed.graph().params()).isEqualTo(straight.graph().params());
  }

  @Test
  void dataErrorKeepsTheLastCheckpoint() throws IOException {
    ImageSource broken = new Broken(new Toy.Squares(40, 1));
    assertThatThrownBy(() -> Toy.training(SETUP, broken).run(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("image 9");
    assertThat(Files.exists(folder.resolve("model.zip"))).isFalse();
  }

  @Test
  void progressReportsThePositionOfTraining() throws IOException {
    List<TrainingProgress.Position> positions = new ArrayList<>();
    List<Integer> evaluated = new ArrayList<>();
    Toy.training(Toy.setup(Toy.RECIPE.with(next -> next.evaluateEvery(3)), 3))
        .progress(
            new TrainingProgress() {
              @Override
              public void trained(Position position) {
                positions.add(position);
              }

              @Override
              public void evaluated(int examples, int of) {
                assertThat(of).isEqualTo(20);
                evaluated.add(examples);
              }
            })
        .run(folder);
    assertThat(positions).hasSize(20);
    assertThat(positions.get(6))
        .extracting("epoch", "epochs", "batch", "batches")
        .containsExactly(2, 4, 2, 5);
    // After the third and the last epoch.
    assertThat(evaluated).containsExactly(8, 16, 20, 8, 16, 20);
  }

  static void assertSameBits(ComputationGraph actual, ComputationGraph expected) {
    assertThat(actual.params().data().asFloat()).isEqualTo(expected.params().data().asFloat());
    assertThat(actual.getUpdater().getStateViewArray().data().asFloat())
        .isEqualTo(expected.getUpdater().getStateViewArray().data().asFloat());
  }

  private record Broken(ImageSource source) implements ImageSource {
    @Override
    public int size() {
      return source.size();
    }

    @Override
    public List<String> classes() {
      return source.classes();
    }

    @Override
    public int label(int index) {
      return source.label(index);
    }

    @Override
    public Image read(int index) throws IOException {
      if (index == 9) {
        throw new IOException("image 9: expected 64 bytes but was 3");
      }
      return source.read(index);
    }

    @Override
    public void close() {}
  }

  /** An exception that stands for SIGKILL in the middle of an epoch. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  record KilledIn(int epoch) implements TrainingProgress {
    @Override
    public void trained(Position position) {
      if (position.epoch() == epoch && position.batch() == 2) {
        throw new Killed();
      }
    }
  }
}
