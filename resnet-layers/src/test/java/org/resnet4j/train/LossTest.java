package org.resnet4j.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** The goldens are made by {@code src/test/python/loss_goldens.py}; both sides use doubles. */
class LossTest {
  private static final IActivation SOFTMAX = Activation.SOFTMAX.getActivationFunction();

  /** Two ways to sum a few doubles of size 10 differ in the last of their 16 digits. */
  private static final double TOLERANCE = 1e-12;

  /** Deeplearning4j's cross-entropy keeps probabilities in [1e-10, 1 - 1e-10]. */
  private static final double CLIPPED = 1e-9;

  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream json = LossTest.class.getResourceAsStream("losses.json")) {
      return new ObjectMapper().readTree(requireNonNull(json));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static INDArray rows(JsonNode values) {
    double[] flat =
        StreamSupport.stream(values.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    return Nd4j.createFromArray(flat).reshape(4, -1);
  }

  private static INDArray smoothed(INDArray labels) {
    return labels.mul(0.9).add(0.1 / 3);
  }

  private static void assertEqual(
      JsonNode golden, ILossFunction loss, INDArray labels, double tolerance) {
    INDArray logits = rows(golden.get("logits"));
    INDArray losses = loss.computeScoreArray(labels, logits.dup(), SOFTMAX, null);
    assertNear(losses.reshape(4, 1), rows(golden.get("losses")), tolerance);
    INDArray gradient = loss.computeGradient(labels, logits.dup(), SOFTMAX, null);
    assertNear(gradient, rows(golden.get("gradient")), tolerance);
    double sum = rows(golden.get("losses")).sumNumber().doubleValue();
    assertThat(loss.computeScore(labels, logits.dup(), SOFTMAX, null, false) - sum)
        .isBetween(-4 * tolerance, 4 * tolerance);
    assertThat(loss.computeScore(labels, logits.dup(), SOFTMAX, null, true) - sum / 4)
        .isBetween(-tolerance, tolerance);
  }

  private static void assertNear(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.sub(expected).amaxNumber().doubleValue()).isLessThan(tolerance);
  }

  @ParameterizedTest
  @CsvSource({
    "hot, smoothed, false",
    "hot, smoothedWeighted, true",
    "mixed, mixedSmoothed, false",
    "mixed, mixedSmoothedWeighted, true"
  })
  void crossEntropyOfSmoothedLabelsEqualsPyTorchsLabelSmoothing(
      String labels, String golden, boolean weighted) {
    ILossFunction loss =
        weighted ? new LossMCXENT(Nd4j.createFromArray(0.5, 2.0, 4.0)) : new LossMCXENT();
    JsonNode expected = GOLDEN.get(golden);
    INDArray smoothed = smoothed(rows(GOLDEN.get(labels)));
    // The probabilities of the last example, with logits of 30 and -20, are clipped in the loss.
    INDArray logits = rows(expected.get("logits"));
    INDArray losses = loss.computeScoreArray(smoothed, logits.dup(), SOFTMAX, null);
    assertNear(
        losses.reshape(4, 1).getRows(0, 1, 2),
        rows(expected.get("losses")).getRows(0, 1, 2),
        CLIPPED);
    assertNear(
        loss.computeGradient(smoothed, logits.dup(), SOFTMAX, null),
        rows(expected.get("gradient")),
        TOLERANCE);
  }

  @Test
  void binaryCrossEntropyEqualsTimms() {
    INDArray mixed = rows(GOLDEN.get("mixed"));
    assertEqual(GOLDEN.get("binary"), new BinaryCrossEntropy(), mixed, TOLERANCE);
    assertEqual(GOLDEN.get("binaryThreshold"), new BinaryCrossEntropy(0.2), mixed, TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"1.0", "4.0", "0.5"})
  void distillationEqualsPyTorchs(double temperature) {
    INDArray labels = Nd4j.hstack(rows(GOLDEN.get("mixed")), rows(GOLDEN.get("teacher")));
    assertEqual(
        GOLDEN.get("distilled").get(Double.toString(temperature)),
        new Distillation(0.6, temperature),
        labels,
        TOLERANCE);
  }

  @Test
  void distillationAtTemperatureOneHasTheGradientOfAMixtureOfLabels() {
    INDArray labels = rows(GOLDEN.get("mixed"));
    INDArray teacher = rows(GOLDEN.get("teacher"));
    INDArray logits = rows(GOLDEN.get("binary").get("logits"));
    INDArray mixture = labels.mul(0.3).add(teacher.mul(0.7));
    assertNear(
        new Distillation(0.7, 1)
            .computeGradient(Nd4j.hstack(labels, teacher), logits, SOFTMAX, null),
        new LossMCXENT().computeGradient(mixture, logits.dup(), SOFTMAX, null),
        TOLERANCE);
  }

  @Test
  void teachersWithoutDoubtAndImpossibleLogitsGiveFiniteLosses() {
    INDArray logits = Nd4j.createFromArray(new double[][] {{1e4, -1e4}});
    INDArray labels = Nd4j.createFromArray(new double[][] {{0, 1, 0, 1}});
    ILossFunction distillation = new Distillation(0.5, 2);
    // CE is the difference of the logits, 2e4; KL that of halved logits, 1e4, times T² = 4.
    assertThat(distillation.computeScore(labels, logits, SOFTMAX, null, false)).isEqualTo(3e4);
    assertThat(
            new BinaryCrossEntropy()
                .computeScore(
                    Nd4j.createFromArray(new double[][] {{0, 1}}), logits, SOFTMAX, null, false))
        .isEqualTo(1e4);
  }

  @Test
  void maskScalesExamples() {
    INDArray labels = rows(GOLDEN.get("mixed"));
    INDArray logits = rows(GOLDEN.get("binary").get("logits"));
    INDArray mask = Nd4j.createFromArray(1.0, 0, 0.5, 1).reshape(4, 1);
    LogitLoss loss = new BinaryCrossEntropy();
    INDArray losses = loss.computeScoreArray(labels, logits, SOFTMAX, null);
    assertThat(loss.computeScoreArray(labels, logits, SOFTMAX, mask)).isEqualTo(losses.mul(mask));
    INDArray gradient = loss.computeGradient(labels, logits, SOFTMAX, null);
    assertThat(loss.computeGradientAndScore(labels, logits, SOFTMAX, mask, false).getSecond())
        .isEqualTo(gradient.mulColumnVector(mask));
  }

  @Test
  void labelsOfAnotherSizeAreRefused() {
    INDArray logits = Nd4j.zeros(4, 3);
    assertThatThrownBy(
            () -> new Distillation(0.5, 1).computeGradient(Nd4j.zeros(4, 3), logits, SOFTMAX, null))
        .hasMessage("labels: expected [4, 6] but was [4, 3]");
    assertThatThrownBy(() -> new Distillation(1.5, 1))
        .hasMessage("distillation: expected a share of the teacher in [0, 1] but was 1.5");
    assertThatThrownBy(() -> new Distillation(0.5, 0))
        .hasMessage("distillation: expected a finite temperature above 0 but was 0.0");
    assertThatThrownBy(() -> new BinaryCrossEntropy(1.0))
        .hasMessage("binary cross-entropy: expected a threshold in [0, 1) but was 1.0");
  }

  @Test
  void lossesRoundTripThroughAConfiguration() {
    for (LogitLoss loss :
        List.of(new BinaryCrossEntropy(), new BinaryCrossEntropy(0.2), new Distillation(0.25, 4))) {
      NeuralNetConfiguration configuration =
          new NeuralNetConfiguration.Builder()
              .layer(
                  new OutputLayer.Builder(loss)
                      .nIn(2)
                      .nOut(3)
                      .activation(loss.activation())
                      .build())
              .build();
      NeuralNetConfiguration read = NeuralNetConfiguration.fromJson(configuration.toJson());
      assertThat(read).isEqualTo(configuration);
      assertThat(((BaseOutputLayer) read.getLayer()).getLossFn()).isEqualTo(loss);
    }
  }
}
