package org.resnet4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.data.ClassMatching;

/** The counts equal Deeplearning4j's {@code Evaluation}. */
class PredictionsTest {
  private static final int CLASSES = 8;
  private static final List<String> NAMES =
      IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList();

  /**
   * As timm's validate.py does with {@code valid_labels}: outputs of other classes are left out.
   */
  @Test
  void subsetsAreScoredOnTheirClassesAlone() {
    INDArray probabilities =
        Nd4j.create(new float[][] {{0.6f, 0.3f, 0.0f, 0.1f}, {0.1f, 0.2f, 0.0f, 0.7f}});
    INDArray oneHot = Nd4j.create(new float[][] {{0, 1}, {1, 0}});
    ClassMatching outputs =
        ClassMatching.of(List.of("d", "b"), List.of("a", "b", "c", "d"), List.of());

    Predictions predictions =
        Predictions.of(
            images -> probabilities,
            new ListDataSetIterator<>(List.of(new DataSet(oneHot, oneHot)), 2),
            List.of("d", "b"),
            outputs,
            done -> {});

    assertThat(predictions.predicted()).containsExactly(1, 0);
    assertThat(predictions.probabilities()).containsExactly(0.3f, 0.7f);
    assertThat(predictions.result().accuracy()).isEqualTo(1);
    assertThat(predictions.result().confusion()).isEqualTo(List.of(List.of(1, 0), List.of(0, 1)));
  }

  @Test
  void countsEqualTheEvaluationOfDeeplearning4j() {
    ComputationGraph identity = identity();
    Random random = new Random(5);
    List<DataSet> batches = IntStream.range(0, 9).mapToObj(i -> batch(170, random)).toList();
    Evaluation expected = new Evaluation(NAMES, EvaluationResult.TOP);
    for (DataSet batch : batches) {
      expected.eval(batch.getLabels(), identity.outputSingle(batch.getFeatures()));
    }

    Predictions actual =
        Predictions.of(
            identity::outputSingle, new ListDataSetIterator<>(batches, 170), NAMES, done -> {});

    EvaluationResult result = actual.result();
    assertThat(result.examples()).isEqualTo(9 * 170);
    assertThat(result.accuracy()).isEqualTo(expected.accuracy());
    assertThat(result.top5()).isEqualTo(expected.topNAccuracy());
    for (int i = 0; i < CLASSES; i++) {
      EvaluationResult.ClassResult one = result.classes().get(i);
      assertThat(one.precision()).isEqualTo(expected.precision(i, 0));
      assertThat(one.recall()).isEqualTo(expected.recall(i, 0));
      assertThat(one.f1()).isEqualTo(expected.f1(i));
      for (int predicted = 0; predicted < CLASSES; predicted++) {
        assertThat(result.confusion().get(i).get(predicted))
            .isEqualTo(expected.getConfusion().getCount(i, predicted));
      }
    }
    INDArray output = identity.outputSingle(batches.get(8).getFeatures());
    assertThat(last(actual.labels()))
        .containsExactly(batches.get(8).getLabels().argMax(1).toIntVector());
    assertThat(last(actual.predicted())).containsExactly(output.argMax(1).toIntVector());
    assertThat(actual.probabilities()[9 * 170 - 1]).isEqualTo(output.max(1).getFloat(169));
  }

  private static int[] last(int[] values) {
    return Arrays.copyOfRange(values, 8 * 170, 9 * 170);
  }

  /**
   * Returns scores that include ties, a class that is never predicted and one that never occurs.
   */
  private static DataSet batch(int examples, Random random) {
    INDArray scores = Nd4j.create(DataType.FLOAT, examples, CLASSES);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, CLASSES);
    for (int i = 0; i < examples; i++) {
      for (int c = 0; c < CLASSES; c++) {
        scores.putScalar(i, c, c == 6 ? -1 : random.nextInt(4));
      }
      labels.putScalar(i, random.nextInt(CLASSES - 1), 1);
    }
    return new DataSet(scores, labels);
  }

  private static ComputationGraph identity() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .graphBuilder()
                .addInputs("scores")
                .addLayer(
                    "output",
                    new LossLayer.Builder().activation(Activation.SOFTMAX).build(),
                    "scores")
                .setOutputs("output")
                .build());
    graph.init();
    return graph;
  }
}
