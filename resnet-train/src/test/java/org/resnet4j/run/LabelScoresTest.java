package org.resnet4j.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/** The golden is made by {@code src/test/python/average_precision_goldens.py}. */
class LabelScoresTest {
  /** Scores are exact in single precision; the sums of 200 terms differ in their order. */
  private static final Offset<Double> ROUNDING = within(1e-12);

  private static final int LABELS = 6;
  private static final int EXAMPLES = 200;
  private static final List<String> NAMES =
      IntStream.range(0, LABELS).mapToObj(i -> "label " + i).toList();
  private static final JsonFields GOLDEN = golden();

  private static JsonFields golden() {
    try (InputStream json = LabelScoresTest.class.getResourceAsStream("average-precision.json")) {
      byte[] bytes = requireNonNull(json).readAllBytes();
      return JsonFields.of("golden", Json.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static INDArray array(String name) throws JsonException {
    return Nd4j.createFromArray(
            GOLDEN.numbers(name, EXAMPLES * LABELS, EXAMPLES * LABELS).toArray(Double[]::new))
        .castTo(DataType.FLOAT)
        .reshape(EXAMPLES, LABELS);
  }

  private static Predictions predictions(ClassMatching outputs, List<String> names)
      throws JsonException {
    List<DataSet> batches =
        new DataSet(
                array("scores"),
                array("truth").getColumns(IntStream.range(0, names.size()).toArray()))
            .batchBy(64);
    return Predictions.ofLabels(
        scores -> scores, new ListDataSetIterator<>(batches, 64), names, outputs, done -> {});
  }

  @Test
  void figuresEqualThoseOfScikitLearn() throws JsonException {
    EvaluationResult result = predictions(ClassMatching.same(LABELS), NAMES).result();
    MultiLabelResult some = requireNonNull(result.multiLabel());
    assertThat(result.examples()).isEqualTo(EXAMPLES);
    assertThat(result.accuracy()).isEqualTo(GOLDEN.number("accuracy"), ROUNDING);
    assertThat(some.microF1()).isEqualTo(GOLDEN.number("microF1"), ROUNDING);
    assertThat(some.macroF1()).isEqualTo(GOLDEN.number("macroF1"), ROUNDING);
    assertThat(requireNonNull(some.meanAveragePrecision()))
        .isEqualTo(GOLDEN.number("meanAveragePrecision"), ROUNDING);
    assertThat(result.confusion()).isEmpty();
    for (int label = 0; label < LABELS; label++) {
      EvaluationResult.ClassResult of = result.classes().get(label);
      assertThat(of.precision()).isEqualTo(golden("precision", label), ROUNDING);
      assertThat(of.recall()).isEqualTo(golden("recall", label), ROUNDING);
      assertThat(of.f1()).isEqualTo(golden("f1", label), ROUNDING);
      if (label == 4) {
        assertThat(of.averagePrecision()).as("no example has it").isNull();
      } else {
        assertThat(requireNonNull(of.averagePrecision()))
            .isEqualTo(golden("averagePrecision", label), ROUNDING);
      }
    }
  }

  private static double golden(String name, int label) throws JsonException {
    return GOLDEN.numbers(name, LABELS, LABELS).get(label);
  }

  @Test
  void someLabelsOfAModelAreScoredAlone() throws JsonException {
    ClassMatching outputs = ClassMatching.of(List.of("label 0", "label 1"), NAMES, List.of());
    EvaluationResult result = predictions(outputs, List.of("label 0", "label 1")).result();
    assertThat(requireNonNull(result.meanAveragePrecision()))
        .isEqualTo((golden("averagePrecision", 0) + golden("averagePrecision", 1)) / 2, ROUNDING);
  }

  @Test
  void examplesOfTheTrainingAreLeftOutOfASecondMean() throws JsonException {
    Predictions all = predictions(ClassMatching.same(LABELS), NAMES);
    BitSet trained = new BitSet();
    trained.set(50, EXAMPLES);
    Predictions apart = all.apart(trained);
    int[] others = IntStream.range(0, 50).toArray();
    EvaluationResult expected = requireNonNull(all.scores()).of(others).result(NAMES);
    assertThat(apart.result().trained()).isEqualTo(150);
    assertThat(apart.result().untrainedAccuracy()).isEqualTo(expected.accuracy());
    assertThat(requireNonNull(apart.result().multiLabel()).untrainedMeanAveragePrecision())
        .isEqualTo(expected.meanAveragePrecision());
    assertThat(apart.result().trainedSentence())
        .startsWith(
            "The model was trained on 150 of these 200 images; on the others its mean average precision is 0.");
  }

  @Test
  void withoutAnyLabelThereIsNoMean() {
    LabelScores none = new LabelScores(2, new BitSet(), new float[] {0.2f, 0.6f, 0.1f, 0.3f});
    EvaluationResult result = none.result(List.of("a", "b"));
    assertThat(result.meanAveragePrecision()).isNull();
    assertThat(result.accuracy()).isEqualTo(0.5);
    assertThat(none.worstError(0)).isEqualTo(0.6f);
  }
}
