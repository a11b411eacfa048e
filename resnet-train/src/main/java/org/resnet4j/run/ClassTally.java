package org.resnet4j.run;

import java.util.Arrays;
import java.util.List;
import org.resnet4j.data.ClassMatching;

/** Collects the most probable classes, with counts. */
final class ClassTally extends Tally {
  private final int classes;
  private final int[][] counts;
  private int amongTop;
  private int[] labels = new int[1024];
  private int[] predicted = new int[1024];
  private float[] probabilities = new float[1024];

  ClassTally(List<String> names, ClassMatching outputs) {
    super(names, outputs);
    classes = names.size();
    counts = new int[classes][classes];
  }

  @Override
  void add(float[] truth, float[] share, int examples) {
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

  EvaluationResult result() {
    return EvaluationResult.of(names, counts, amongTop);
  }

  /** Returns the true classes. */
  int[] labels() {
    return Arrays.copyOf(labels, size);
  }

  /** Returns the most probable classes. */
  int[] predicted() {
    return Arrays.copyOf(predicted, size);
  }

  /** Returns the probabilities of the most probable classes. */
  float[] shares() {
    return Arrays.copyOf(probabilities, size);
  }
}
