package org.resnet4j.run;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.data.ClassMatching;
import org.resnet4j.graph.NonFinite;

/**
 * The predictions of a network for labelled examples, in their order.
 *
 * @param labels true classes
 * @param predicted the predicted, most probable classes
 * @param probabilities of the most probable classes, in [0, 1]
 */
public record Predictions(
    EvaluationResult result, int[] labels, int[] predicted, float[] probabilities) {

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
    if (outputs.size() != classes.size()) {
      throw new IllegalArgumentException(
          "evaluation: expected an output for each of %s classes but there are %s"
              .formatted(classes.size(), outputs.size()));
    }
    Tally tally = new Tally(classes.size(), outputs);
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
    return tally.predictions(classes);
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
    int[] others = IntStream.range(0, labels.length).filter(i -> !trained.get(i)).toArray();
    long right = Arrays.stream(others).filter(i -> labels[i] == predicted[i]).count();
    Double accuracy = others.length == 0 ? null : right / (double) others.length;
    return new Predictions(
        result.apart(trained.cardinality(), accuracy), labels, predicted, probabilities);
  }

  /** The growing arrays of predictions, with counts. */
  private static final class Tally {
    private final int classes;
    private final ClassMatching outputs;
    private final int[][] counts;
    private int amongTop;
    private int size;
    private int[] labels = new int[1024];
    private int[] predicted = new int[1024];
    private float[] probabilities = new float[1024];

    Tally(int classes, ClassMatching outputs) {
      this.classes = classes;
      this.outputs = outputs;
      counts = new int[classes][classes];
    }

    void add(INDArray oneHot, INDArray output) {
      float[] truth = oneHot.dup('c').data().asFloat();
      float[] share = ofClasses(output.dup('c').data().asFloat());
      int examples = share.length / classes;
      while (size + examples > labels.length) {
        resize(2 * labels.length);
      }
      for (int row = 0; row < examples * classes; row += classes) {
        int actual = highest(truth, row);
        int best = highest(share, row);
        counts[actual][best]++;
        amongTop += higher(share, row, share[row + actual]) < EvaluationResult.TOP ? 1 : 0;
        labels[size] = actual;
        predicted[size] = best;
        probabilities[size++] = share[row + best];
      }
    }

    /** Returns the outputs for the classes of the data, in their order. */
    private float[] ofClasses(float[] all) {
      if (outputs.isSame()) {
        return all;
      }
      int rows = all.length / outputs.modelClasses();
      float[] chosen = new float[rows * classes];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < classes; i++) {
          chosen[row * classes + i] = all[row * outputs.modelClasses() + outputs.output(i)];
        }
      }
      return chosen;
    }

    /** Returns the first of the highest, as ND4J's argMax does. */
    private int highest(float[] values, int row) {
      int best = 0;
      for (int i = 1; i < classes; i++) {
        best = values[row + i] > values[row + best] ? i : best;
      }
      return best;
    }

    private int higher(float[] values, int row, float than) {
      int count = 0;
      for (int i = row; i < row + classes; i++) {
        count += values[i] > than ? 1 : 0;
      }
      return count;
    }

    private void resize(int length) {
      labels = Arrays.copyOf(labels, length);
      predicted = Arrays.copyOf(predicted, length);
      probabilities = Arrays.copyOf(probabilities, length);
    }

    Predictions predictions(List<String> names) {
      resize(size);
      return new Predictions(
          EvaluationResult.of(names, counts, amongTop), labels, predicted, probabilities);
    }
  }
}
