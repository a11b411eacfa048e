package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.BatchesBuilder;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.mixing.CutMix;
import org.resnet4j.mixing.Mixing;
import org.resnet4j.mixing.Mixup;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Teaching;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/** Mixing, smoothing, repeats, other losses and a teacher in runs on the engine. */
class MixedTrainingTest {
  private static final Architecture NET = Toy.NET.with(arch -> arch.dropout(0));
  private static final Recipe RECIPE =
      Toy.RECIPE.lasting(2).with(next -> next.augmentations(new RandomCrop(4)));

  @TempDir Path folder;

  private static RunSetup setup(Recipe recipe, @Nullable Teaching teaching) {
    RunSetup toy = Toy.setup(recipe, 3);
    return new RunSetup(
        NET,
        recipe,
        3,
        toy.training(),
        toy.test(),
        Toy.CLASSES,
        Toy.STATS,
        null,
        null,
        teaching,
        false);
  }

  private static BatchesBuilder batches(RunSetup setup) throws IOException {
    return setup
        .recipe()
        .trainingBatches(new Toy.Squares(40, 1), Toy.pipeline(setup), setup.seed())
        .mixing(Mixing.of(new Mixup(0.2), new CutMix(1)))
        .smoothing(0.1)
        .repeats(2);
  }

  private static Training training(RunSetup setup, Batches batches) throws IOException {
    Batches test = setup.recipe().testBatches(new Toy.Squares(20, 2), Toy.pipeline(setup)).build();
    return Training.of(setup, EpochBatches.of(batches), EpochBatches.of(test))
        .clock(Toy.NOON)
        .engine(graph -> OneDnn.accelerate(graph, CompileOptions.training()));
  }

  private Training.Result run(RunSetup setup) throws IOException {
    return training(setup, batches(setup).build()).run(folder.resolve("straight"));
  }

  private Training.Result resumed(RunSetup setup) throws IOException {
    Path killed = folder.resolve("killed");
    assertThatThrownBy(
            () ->
                training(setup, batches(setup).threads(1).build())
                    .progress(new TrainingTest.KilledIn(2))
                    .run(killed))
        .isInstanceOf(TrainingTest.Killed.class);
    return training(setup, batches(setup).threads(3).build())
        .start(Training.Start.RESUME)
        .run(killed);
  }

  @Test
  void resumedRunWithMixingSmoothingAndRepeatsEndsBitForBitEqual() throws IOException {
    RunSetup setup = setup(RECIPE, null);
    Training.Result straight = run(setup);
    Training.Result resumed = resumed(setup);
    TrainingTest.assertSameBits(resumed.graph(), straight.graph());
    assertThat(resumed.record()).isEqualTo(straight.record());
    assertThat(straight.record().engine()).contains("oneDNN");
  }

  @Test
  void resumedRunWithBinaryCrossEntropyEndsBitForBitEqualAndKeepsItsLoss() throws IOException {
    RunSetup setup = setup(binary(RECIPE), null);
    Training.Result straight = run(setup);
    Training.Result resumed = resumed(setup);
    TrainingTest.assertSameBits(resumed.graph(), straight.graph());
    assertThat(TrainedLoss.of(resumed.graph())).isEqualTo(new BinaryCrossEntropy(0.2));
    assertThat(straight.record().notes()).isEmpty();
  }

  private static Recipe binary(Recipe recipe) {
    return recipe.with(next -> next.loss(Recipe.Loss.BINARY_CROSS_ENTROPY).labelThreshold(0.2));
  }

  @Test
  void modelOfBinaryCrossEntropyIsOpenedAndPredictsTheSame() throws IOException {
    Recipe recipe = binary(Toy.RECIPE.lasting(20));
    RunSetup setup = setup(recipe, null);
    Batches plain =
        recipe.trainingBatches(new Toy.Squares(40, 1), Toy.pipeline(setup), setup.seed()).build();
    Training.Result result = training(setup, plain).run(folder.resolve("binary"));
    assertThat(result.record().evaluation()).isNotNull();
    assertThat(result.test().result().accuracy()).isGreaterThan(0.9);

    Model opened = Models.open(folder.resolve("binary").resolve(Training.MODEL));
    try (Batches test = recipe.testBatches(new Toy.Squares(20, 2), Toy.pipeline(setup)).build()) {
      Predictions again =
          Predictions.of(opened.network()::outputSingle, test, Toy.CLASSES, examples -> {});
      assertThat(again.result()).isEqualTo(result.test().result());
    }
  }

  /** With a negligible step and one batch, loss and accuracy are those of the initial network. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordedLossIsThatOfTheBatchWithoutDecay(boolean accelerated) throws IOException {
    Recipe recipe =
        Toy.RECIPE
            .lasting(1)
            .with(
                next ->
                    next.batch(40)
                        .learningRate(1e-30)
                        .schedule(Toy.RECIPE.schedule().warmup(0))
                        .weightDecay(0.1));
    RunSetup setup = setup(binary(recipe), null);
    List<Double> expected = new ArrayList<>();
    Training.Result result =
        training(setup, batches(setup).build())
            .engine(
                graph -> {
                  expected.addAll(measured(graph, setup));
                  return accelerated ? OneDnn.accelerate(graph, CompileOptions.training()) : graph;
                })
            .run(folder.resolve("measured"));
    // Single precision, and a difference of two sums of size 10.
    assertThat(result.record().epochs().get(0).loss()).isCloseTo(expected.get(0), within(1e-5));
    assertThat(result.record().epochs().get(0).accuracy()).isEqualTo(expected.get(1));
  }

  /** Returns loss and accuracy from the activations in training, which are sigmoids. */
  private static List<Double> measured(ComputationGraph graph, RunSetup setup) {
    DataSet batch;
    try (Batches batches = batches(setup).build()) {
      batch = batches.next();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    INDArray probabilities = graph.output(true, batch.getFeatures())[0];
    double sum = 0;
    int correct = 0;
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 4; j++) {
        double p = probabilities.getDouble(i, j);
        sum -= Math.log(batch.getLabels().getDouble(i, j) > 0.2 ? p : 1 - p);
      }
      correct +=
          probabilities.getRow(i).argMax().getInt(0)
                  == batch.getLabels().getRow(i).argMax().getInt(0)
              ? 1
              : 0;
    }
    return List.of(sum / 160, correct / 40.0);
  }

  private static Model teacher(Normalization normalization) {
    return Models.create(NET, 5)
        .with(ImagePipeline.exact(NET.input(), normalization))
        .with(ClassNames.of(Toy.CLASSES));
  }

  @Test
  void studentOfATeacherIsResumedBitForBitEqual() throws IOException {
    RunSetup toy = setup(RECIPE, null);
    Model model = teacher(Toy.pipeline(toy).normalization());
    RunSetup setup = setup(RECIPE, new Teaching(model.name(), model.fingerprint(), 0.5, 4));
    try (Teacher teacher = Teacher.of(model, Toy.pipeline(setup), Toy.CLASSES)) {
      Batches first = batches(setup).build();
      first.setPreProcessor(teacher);
      Training.Result straight = training(setup, first).run(folder.resolve("straight"));
      assertThat(TrainedLoss.of(straight.graph())).isEqualTo(new Distillation(0.5, 4));

      Path killed = folder.resolve("killed");
      assertThatThrownBy(
              () -> training(setup, first).progress(new TrainingTest.KilledIn(2)).run(killed))
          .isInstanceOf(TrainingTest.Killed.class);
      Training.Result resumed = training(setup, first).start(Training.Start.RESUME).run(killed);
      TrainingTest.assertSameBits(resumed.graph(), straight.graph());
      assertThat(resumed.record()).isEqualTo(straight.record());
      assertThat(resumed.record().setup().teaching()).isEqualTo(setup.teaching());
    }
  }

  @Test
  void teacherSeesThePixelsOfTheStudentNormalisedItsOwnWay() throws IOException {
    RunSetup setup = setup(RECIPE, null);
    ImagePipeline pipeline = Toy.pipeline(setup).forInference();
    Model model = teacher(Normalization.rgb(List.of(0.25), List.of(2.0)));
    try (Teacher teacher = Teacher.of(model, pipeline, Toy.CLASSES);
        Batches student = setup.recipe().testBatches(new Toy.Squares(20, 2), pipeline).build();
        Batches own =
            setup.recipe().testBatches(new Toy.Squares(20, 2), model.pipeline()).build()) {
      DataSet plain = student.next();
      student.setPreProcessor(teacher);
      student.startEpoch(0);
      DataSet taught = student.next();
      assertThat(taught.getFeatures()).isEqualTo(plain.getFeatures());
      INDArray labels = taught.getLabels();
      assertThat(labels.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4)).dup())
          .isEqualTo(plain.getLabels());
      INDArray difference =
          labels
              .get(NDArrayIndex.all(), NDArrayIndex.interval(4, 8))
              .sub(model.network().outputSingle(own.next().getFeatures()));
      assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-5);
    }
  }

  @Test
  void teacherOfOtherClassesOrInputIsRefused() throws IOException {
    ImagePipeline pipeline = Toy.pipeline(setup(RECIPE, null));
    Model model = teacher(Normalization.UNIT);
    assertThatThrownBy(() -> Teacher.of(model, pipeline, List.of("a", "b", "c", "d")))
        .hasMessage(
            "teacher %s: expected the classes of the data, [a, b, c, d], but it has %s; fine-tune it on the data first"
                .formatted(model.name(), Toy.CLASSES));
    ImagePipeline larger = ImagePipeline.exact(new Shape(1, 16, 16), Normalization.UNIT);
    assertThatThrownBy(() -> Teacher.of(model, larger, Toy.CLASSES))
        .hasMessage(
            "teacher %s: expected images of 1x16x16, as the network reads them, but it reads 1x8x8; use Model.resized, or train at its size"
                .formatted(model.name()));
  }
}
