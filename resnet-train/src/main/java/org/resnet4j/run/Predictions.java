package org.resnet4j.run;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.graph.NonFinite;

/**
 * The predictions of a network for labelled examples, in their order.
 *
 * @param labels true classes; empty where examples have several labels
 * @param predicted the predicted, most probable classes; empty where examples have several labels
 * @param probabilities of the most probable classes, in [0, 1]; empty where examples have several
 *     labels
 * @param scores of examples with several labels; null where each has one
 */
public record Predictions(
    EvaluationResult result,
    int[] labels,
    int[] predicted,
    float[] probabilities,
    @Nullable LabelScores scores) {
  /** Creates predictions for examples of one label each. */
  public Predictions(
      EvaluationResult result, int[] labels, int[] predicted, float[] probabilities) {
    this(result, labels, predicted, probabilities, null);
  }

  /**
   * Classifies every example in {@code data}.
   *
   * @param network maps images to probabilities
   * @param classes names, in the order of the network's outputs
   * @param progress receives the number of examples done, after every batch
   * @throws IllegalArgumentException when there are no examples, or another number of classes
   * @throws ArithmeticException when a probability is NaN or infinite
   */
  public static Predictions of(
      UnaryOperator<INDArray> network,
      DataSetIterator data,
      List<String> classes,
      IntConsumer progress) {
    return of(network, data, classes, ClassMatching.same(classes.size()), progress);
  }

  /**
   * Classifies every example in {@code data} among the classes of the data alone, whichever outputs
   * of the network they are.
   *
   * @param network maps images to probabilities
   * @param classes names, in the order of the data's labels
   * @param outputs the network's output for each of them
   * @param progress receives the number of examples done, after every batch
   * @throws IllegalArgumentException when there are no examples, or the network has another number
   *     of outputs
   * @throws ArithmeticException when a probability is NaN or infinite
   */
  public static Predictions of(
      UnaryOperator<INDArray> network,
      DataSetIterator data,
      List<String> classes,
      ClassMatching outputs,
      IntConsumer progress) {
    ClassTally tally = new ClassTally(classes, outputs);
    fill(tally, network, data, progress);
    return new Predictions(tally.result(), tally.labels(), tally.predicted(), tally.shares());
  }

  /**
   * Predicts the labels of every example in {@code data}, which may have several. The parameters
   * are those of {@link #of(UnaryOperator, DataSetIterator, List, ClassMatching, IntConsumer)}.
   *
   * @param network maps images to a probability for each label
   */
  public static Predictions ofLabels(
      UnaryOperator<INDArray> network,
      DataSetIterator data,
      List<String> classes,
      ClassMatching outputs,
      IntConsumer progress) {
    LabelTally tally = new LabelTally(classes, outputs);
    fill(tally, network, data, progress);
    LabelScores scores = tally.scores();
    return new Predictions(scores.result(classes), new int[0], new int[0], new float[0], scores);
  }

  private static void fill(
      Tally tally, UnaryOperator<INDArray> network, DataSetIterator data, IntConsumer progress) {
    ClassMatching outputs = tally.outputs;
    if (outputs.size() != tally.names.size()) {
      throw new IllegalArgumentException(
          "evaluation: expected an output for each of %s classes but there are %s"
              .formatted(tally.names.size(), outputs.size()));
    }
    while (data.hasNext()) {
      DataSet batch = data.next();
      INDArray probabilities = network.apply(batch.getFeatures());
      if (probabilities.size(1) != outputs.modelClasses()) {
        throw new IllegalArgumentException(
            "evaluation: expected a network with %s outputs, one a class, but it has %s"
                .formatted(outputs.modelClasses(), probabilities.size(1)));
      }
      tally.add(batch.getLabels(), NonFinite.requireFinite(probabilities));
      progress.accept(tally.size);
    }
    if (tally.size == 0) {
      throw new IllegalArgumentException("evaluation: expected at least one example but was none");
    }
  }

  /**
   * Returns these predictions, whose result states the accuracy without some of the examples.
   *
   * @param trained indices of the examples that the model was trained on
   */
  public Predictions apart(BitSet trained) {
    if (trained.isEmpty()) {
      return this;
    }
    int[] others = IntStream.range(0, examples()).filter(i -> !trained.get(i)).toArray();
    return new Predictions(
        result.apart(trained.cardinality(), others.length == 0 ? null : result(others)),
        labels,
        predicted,
        probabilities,
        scores);
  }

  private EvaluationResult result(int[] examples) {
    List<String> names = result.classes().stream().map(EvaluationResult.ClassResult::name).toList();
    if (scores != null) {
      return scores.of(examples).result(names);
    }
    int[][] counts = new int[names.size()][names.size()];
    for (int i : examples) {
      counts[labels[i]][predicted[i]]++;
    }
    return EvaluationResult.of(names, counts, 0);
  }

  /** Returns the number of examples. */
  public int examples() {
    return scores == null ? labels.length : scores.examples();
  }

  /**
   * Returns whether the predicted class, or all labels, of the example at {@code index} is right.
   */
  public boolean isRight(int index) {
    return scores == null ? labels[index] == predicted[index] : scores.isRight(index);
  }

  /**
   * Returns the probability of the predicted class of an example, by which errors are sorted; where
   * it has several labels, the largest error of a probability.
   */
  public double certainty(int index) {
    return scores == null ? probabilities[index] : scores.worstError(index);
  }

  /** Returns whether {@code other} predicts the same class, or the same labels, of an example. */
  public boolean agrees(Predictions other, int index) {
    LabelScores others = other.scores;
    if (scores != null && others != null) {
      return Arrays.equals(scores.predictedOnes(index), others.predictedOnes(index));
    }
    return predicted[index] == other.predicted[index];
  }
}
