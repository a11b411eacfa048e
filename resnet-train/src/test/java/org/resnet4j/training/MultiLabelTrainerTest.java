package org.resnet4j.training;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.arch.Architecture;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.mixing.Mixing;
import org.resnet4j.mixing.Mixup;
import org.resnet4j.recipe.Balance;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.recipe.Regularization;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.MultiLabelResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.Distillation;
import org.resnet4j.zoo.Certificate;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Prediction;

/** Images of red, green and blue light, of all of them or none, are trained on and evaluated. */
class MultiLabelTrainerTest {
  private static final Recipe RECIPE =
      Recipes.byName("quick")
          .lasting(6)
          .with(next -> next.batch(8).learningRate(0.1).imagesPerClass(0).augmentations());
  private static final Architecture NET =
      Toy.NET.with(arch -> arch.input(3, 8, 8).classes(3).dropout(0));
  private static final List<String> LABELS = List.of("red", "green", "blue");

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    StringBuilder columns = new StringBuilder("path,split,red,green,blue\n");
    StringBuilder single = new StringBuilder("path,label\n");
    Random random = new Random(1);
    for (int i = 0; i < 64; i++) {
      int lights = i % 8;
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 64; pixel++) {
        int value = 0;
        for (int channel = 0; channel < 3; channel++) {
          int bright = (lights >> channel & 1) * 95;
          value = value << 8 | (random.nextInt(160) + bright);
        }
        image.setRGB(pixel % 8, pixel / 8, value);
      }
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
      columns.append(
          "%s.png,%s,%s,%s,%s\n"
              .formatted(
                  i, i < 40 ? "train" : "test", lights & 1, lights >> 1 & 1, lights >> 2 & 1));
      single.append("%s.png,%s\n".formatted(i, LABELS.get(i % 3)));
    }
    Files.writeString(folder.resolve("lights.csv"), columns);
    Files.writeString(folder.resolve("single.csv"), single);
  }

  private Trainer trainer() {
    return Trainer.of(NET).on(data("lights.csv")).progress(TrainingProgress.NONE).recipe(RECIPE);
  }

  private Dataset data(String list) {
    return Dataset.of(folder.resolve(list).toString());
  }

  @Test
  void trainingEvaluationAndClassificationSeeTheSame() throws IOException {
    Training.Result run = trainer().recipe(RECIPE.lasting(20)).run(folder.resolve("run"));
    RunRecord record = run.record();
    EvaluationResult result = requireNonNull(record.evaluation());
    assertThat(record.setup().multiLabel()).isTrue();
    assertThat(record.setup().recipe().loss()).isEqualTo(Recipe.Loss.BINARY_CROSS_ENTROPY);
    assertThat(record.setup().classes()).isEqualTo(LABELS);
    assertThat(TrainedLoss.of(run.graph())).isEqualTo(new BinaryCrossEntropy());
    assertThat(requireNonNull(result.meanAveragePrecision())).isGreaterThan(0.95);
    assertThat(record.notes()).isEmpty();
    double best =
        record.epochs().stream()
            .mapToDouble(epoch -> requireNonNull(epoch.testMeanAveragePrecision()))
            .max()
            .orElseThrow();
    assertThat(record.epochs().get(record.best() - 1).score()).isEqualTo(best);
    assertThat(result.meanAveragePrecision()).isEqualTo(best);
    assertThat(RunRecord.read(folder.resolve("run/run.json"))).isEqualTo(record);

    Model model = Models.open(folder.resolve("run/model.zip"));
    Predictions again = Evaluation.of(model).on(data("lights.csv")).run();
    assertThat(again.result().classes()).isEqualTo(result.classes());
    assertThat(again.result().multiLabel()).isEqualTo(result.multiLabel());
    assertThat(Evaluation.of(model).on(data("lights.csv")).meanAveragePrecision()).isEqualTo(best);
    assertClassified(model, again);
  }

  /** Asserts that the classifier gives the probabilities, and naive counting the precisions. */
  private void assertClassified(Model model, Predictions test) throws IOException {
    double[][] probabilities = new double[24][3];
    try (Classifier classifier = model.classifier()) {
      for (int i = 0; i < 24; i++) {
        for (Prediction of : classifier.top(folder.resolve(40 + i + ".png"), 3)) {
          assertThat(of.label()).isEqualTo(LABELS.get(of.index()));
          // Batches of another size are summed in another order, in single precision.
          assertThat((float) of.probability())
              .isCloseTo(requireNonNull(test.scores()).probability(i, of.index()), within(1e-6f));
          probabilities[i][of.index()] = of.probability();
        }
      }
    }
    // Example 7 of 8 has all lights and the first none: the sums are far from 1.
    assertThat(probabilities[7][0] + probabilities[7][1] + probabilities[7][2]).isGreaterThan(1.5);
    assertThat(probabilities[0][0] + probabilities[0][1] + probabilities[0][2]).isLessThan(0.9);
    for (int label = 0; label < 3; label++) {
      assertThat(requireNonNull(test.result().classes().get(label).averagePrecision()))
          .isEqualTo(naive(probabilities, label), within(1e-12));
    }
  }

  /** Returns the mean, over the images with the label, of the precision at their probability. */
  private static double naive(double[][] probabilities, int label) {
    List<Double> precisions = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      if (((40 + i) % 8 >> label & 1) == 1) {
        int above = 0;
        int right = 0;
        for (int j = 0; j < 24; j++) {
          boolean isAbove = probabilities[j][label] >= probabilities[i][label];
          above += isAbove ? 1 : 0;
          right += isAbove && ((40 + j) % 8 >> label & 1) == 1 ? 1 : 0;
        }
        precisions.add(right / (double) above);
      }
    }
    return precisions.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @Test
  void reportMetricsAndRecordHaveThePrecisions() throws IOException {
    Training.Result run = trainer().run(folder.resolve("run"));
    String report = Files.readString(folder.resolve("run/report.html"));
    assertThat(report)
        .contains("mean average precision of labels", "<h2>Labels</h2>", "average precision</th>")
        .contains("no label")
        .doesNotContain("Confusion matrix", "top-1");
    List<String> metrics = Files.readAllLines(folder.resolve("run/metrics.csv"));
    assertThat(metrics.get(0)).endsWith(",test_seconds,test_mean_average_precision");
    assertThat(metrics.get(6))
        .endsWith("," + run.record().epochs().get(5).testMeanAveragePrecision());
    MultiLabelResult some = requireNonNull(run.test().result().multiLabel());
    assertThat(some.microF1()).isBetween(0.5, 1.0);
    assertThat(Files.readString(folder.resolve("run/run.json")))
        .contains("\"meanAveragePrecision\"", "\"averagePrecision\"", "\"multiLabel\" : true");
  }

  /** Mixup, label smoothing and the random split of a list without splits are part of it. */
  @Test
  void equalRunsAreEqualAndAResumedOneToo() throws IOException {
    Path list = folder.resolve("bars.csv");
    StringBuilder bars = new StringBuilder("path,label\n");
    for (int i = 0; i < 64; i++) {
      bars.append(i + ".png,");
      for (int label = 0; label < 3; label++) {
        bars.append((i >> label & 1) == 1 ? LABELS.get(label) + "|" : "|");
      }
      bars.append('\n');
    }
    Files.writeString(list, bars);
    Recipe mixed =
        RECIPE.with(
            next ->
                next.epochs(3)
                    .regularization(new Regularization(0.1, Mixing.of(new Mixup(0.2)), 1, 0)));
    Training.Result first =
        trainer().on(data("bars.csv")).recipe(mixed).run(folder.resolve("first"));
    Training.Result second =
        trainer().on(data("bars.csv")).recipe(mixed).run(folder.resolve("second"));
    TrainingTest.assertSameBits(second.graph(), first.graph());
    assertThat(second.test().result()).isEqualTo(first.test().result());

    Path killed = folder.resolve("killed");
    assertThatThrownBy(
            () ->
                trainer()
                    .on(data("bars.csv"))
                    .recipe(mixed)
                    .progress(new TrainingTest.KilledIn(2))
                    .run(killed))
        .isInstanceOf(TrainingTest.Killed.class);
    Training.Result resumed = Trainer.resume(killed).progress(TrainingProgress.NONE).run();
    TrainingTest.assertSameBits(resumed.graph(), first.graph());
    assertThat(resumed.test().result()).isEqualTo(first.test().result());
    assertThat(resumed.record().setup().multiLabel()).isTrue();
    assertThat(first.record().setup().test().origin())
        .contains("a random 20 % of every class is for the test");
  }

  @Test
  void whatNeedsOneLabelAnImageIsRefused() throws IOException {
    assertThatThrownBy(
            () ->
                trainer()
                    .adjust(recipe -> recipe.with(next -> next.loss(Recipe.Loss.CROSS_ENTROPY)))
                    .run(folder.resolve("run")))
        .hasMessage(
            "loss: expected BINARY_CROSS_ENTROPY, because images have several labels, but was CROSS_ENTROPY; set loss=BINARY_CROSS_ENTROPY, or leave it out");
    assertThatThrownBy(
            () ->
                trainer()
                    .adjust(recipe -> recipe.with(next -> next.balance(Balance.SAMPLING)))
                    .run(folder.resolve("run")))
        .hasMessageStartingWith("balance: expected one label an image");
    assertThatThrownBy(
            () ->
                trainer()
                    .teacher(Models.create(NET, 1), new Distillation(0.5, 1))
                    .run(folder.resolve("run")))
        .hasMessage(
            "teacher %s: expected one label an image but images have several; leave the teacher out"
                .formatted(Models.create(NET, 1).name()));
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void modelOfOneLabelIsNotEvaluatedOnSeveralButTheReverseIs() throws IOException {
    Recipe once = RECIPE.with(next -> next.epochs(1));
    Model one = trainer().on(data("single.csv")).recipe(once).run(folder.resolve("one")).model();
    assertThatThrownBy(() -> Evaluation.of(one).on(data("lights.csv")).run())
        .hasMessage(
            "%s: expected a model with a probability of its own for each label, because images have several, but its probabilities sum to 1; train it on such images"
                .formatted(one.name()));
    Model several = trainer().recipe(once).run(folder.resolve("several")).model();
    EvaluationResult result = Evaluation.of(several).on(data("single.csv")).run().result();
    assertThat(result.multiLabel()).isNotNull();
    assertThat(result.classes()).extracting(of -> of.name()).containsExactlyElementsOf(LABELS);
    assertThatThrownBy(() -> Evaluation.of(one).on(data("single.csv")).meanAveragePrecision())
        .hasMessageContaining("expected images with several labels but each has one");
  }

  @Test
  void quantizedModelAgreesWhereAllLabelsDo() throws IOException {
    Model model = trainer().run(folder.resolve("run")).model();
    Model small = Quantization.of(model).calibrate(data("lights.csv")).force().run();
    Certificate certificate = requireNonNull(small.quantized()).certificate();
    assertThat(certificate.agreement().of()).isEqualTo(12);
    assertThat(certificate.agreement().value()).isGreaterThan(0.5);
  }

  @Test
  void fineTuningFromAModelOfOneLabelHasProbabilitiesOfTheirOwn() throws IOException {
    Recipe few = RECIPE.with(next -> next.epochs(2));
    Model one = trainer().on(data("single.csv")).recipe(few).run(folder.resolve("one")).model();
    Training.Result tuned =
        FineTune.of(one)
            .on(data("lights.csv"))
            .recipe(few)
            .progress(TrainingProgress.NONE)
            .run(folder.resolve("tuned"));
    assertThat(TrainedLoss.of(tuned.graph())).isEqualTo(new BinaryCrossEntropy());
    assertThat(tuned.record().setup().multiLabel()).isTrue();
    assertThat(tuned.test().result().meanAveragePrecision()).isNotNull();
  }
}
