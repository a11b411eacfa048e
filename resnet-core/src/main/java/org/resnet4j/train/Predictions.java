package org.resnet4j.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * What a network says about labelled examples, in the order they came.
 *
 * @param labels true classes
 * @param predicted most probable classes
 * @param probabilities of the most probable classes, in [0, 1]
 */
public record Predictions(
    EvaluationResult result, int[] labels, int[] predicted, float[] probabilities) {

  /**
   * Classifies everything in {@code data}.
   *
   * @param network images to probabilities
   * @param classes names, in the order of the network's outputs
   * @param progress given the number of examples done, after every batch
   * @throws IllegalArgumentException when there are no examples, or another number of classes
   */
  public static Predictions of(
      UnaryOperator<INDArray> network,
      DataSetIterator data,
      List<String> classes,
      IntConsumer progress) {
    Evaluation evaluation = new Evaluation(classes, EvaluationResult.TOP);
    Growing growing = new Growing();
    while (data.hasNext()) {
      DataSet batch = data.next();
      INDArray probabilities = network.apply(batch.getFeatures());
      if (probabilities.size(1) != classes.size()) {
        throw new IllegalArgumentException(
            "evaluation: expected a network with %d outputs, one a class, but it has %d"
                .formatted(classes.size(), probabilities.size(1)));
      }
      evaluation.eval(batch.getLabels(), probabilities);
      growing.add(batch.getLabels(), probabilities);
      progress.accept(growing.size);
    }
    if (growing.size == 0) {
      throw new IllegalArgumentException("evaluation: expected at least one example but was none");
    }
    return growing.predictions(EvaluationResult.of(evaluation, classes));
  }

  /** The arrays, while it is not known how long they get. */
  private static final class Growing {
    private int size;
    private int[] labels = new int[1024];
    private int[] predicted = new int[1024];
    private float[] probabilities = new float[1024];

    void add(INDArray oneHot, INDArray output) {
      int[] actual = oneHot.argMax(1).toIntVector();
      int[] best = output.argMax(1).toIntVector();
      float[] highest = output.max(1).toFloatVector();
      while (size + best.length > labels.length) {
        resize(2 * labels.length);
      }
      System.arraycopy(actual, 0, labels, size, actual.length);
      System.arraycopy(best, 0, predicted, size, best.length);
      System.arraycopy(highest, 0, probabilities, size, highest.length);
      size += best.length;
    }

    private void resize(int length) {
      labels = Arrays.copyOf(labels, length);
      predicted = Arrays.copyOf(predicted, length);
      probabilities = Arrays.copyOf(probabilities, length);
    }

    Predictions predictions(EvaluationResult result) {
      resize(size);
      return new Predictions(result, labels, predicted, probabilities);
    }
  }
}
