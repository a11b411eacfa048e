package org.resnet4j.run;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.run.EvaluationResult.ClassResult;

/**
 * The probabilities of independent labels for examples, and which labels are true. A label is
 * predicted where its probability is above 0.5.
 */
public final class LabelScores {
  private static final float THRESHOLD = 0.5f;

  private final int labels;
  private final BitSet truth;
  private final float[] probabilities;

  /**
   * Creates scores.
   *
   * @param labels number of labels an example
   * @param truth whether a label is true, at {@code example · labels + label}
   * @param probabilities in the same order
   */
  LabelScores(int labels, BitSet truth, float[] probabilities) {
    this.labels = labels;
    this.truth = truth;
    this.probabilities = probabilities;
  }

  /** Returns the number of examples. */
  public int examples() {
    return probabilities.length / labels;
  }

  public boolean isTrue(int example, int label) {
    return truth.get(example * labels + label);
  }

  public boolean isPredicted(int example, int label) {
    return probability(example, label) > THRESHOLD;
  }

  public float probability(int example, int label) {
    return probabilities[example * labels + label];
  }

  /** Returns the true labels of an example, in ascending order. */
  public int[] trueOnes(int example) {
    return IntStream.range(0, labels).filter(label -> isTrue(example, label)).toArray();
  }

  /** Returns the predicted labels of an example, in ascending order. */
  public int[] predictedOnes(int example) {
    return IntStream.range(0, labels).filter(label -> isPredicted(example, label)).toArray();
  }

  /** Returns whether the predicted labels of an example are the true ones. */
  boolean isRight(int example) {
    return IntStream.range(0, labels)
        .allMatch(label -> isTrue(example, label) == isPredicted(example, label));
  }

  /**
   * Returns how wrong the worst prediction of an example is: the largest difference of a
   * probability from 1 for a true label, or from 0 for another.
   */
  public double worstError(int example) {
    return IntStream.range(0, labels)
        .mapToDouble(
            label -> Math.abs(probability(example, label) - (isTrue(example, label) ? 1 : 0)))
        .max()
        .orElse(0);
  }

  /** Returns the scores of some examples. */
  LabelScores of(int... examples) {
    BitSet theirTruth = new BitSet();
    float[] theirs = new float[examples.length * labels];
    for (int i = 0; i < examples.length; i++) {
      for (int label = 0; label < labels; label++) {
        theirTruth.set(i * labels + label, isTrue(examples[i], label));
        theirs[i * labels + label] = probability(examples[i], label);
      }
    }
    return new LabelScores(labels, theirTruth, theirs);
  }

  /**
   * Returns the average precision of a label, as scikit-learn's {@code average_precision_score}
   * defines it: the sum of (Rₙ − Rₙ₋₁)·Pₙ over the probabilities in descending order, where Rₙ and
   * Pₙ are recall and precision of the examples with that probability or a higher one. Null if no
   * example has the label, where scikit-learn warns and returns 0.
   */
  @Nullable Double averagePrecision(int label) {
    List<Integer> ranked =
        IntStream.range(0, examples())
            .boxed()
            .sorted((a, b) -> Float.compare(probability(b, label), probability(a, label)))
            .toList();
    int right = 0;
    int before = 0;
    double sum = 0;
    for (int i = 0; i < ranked.size(); i++) {
      right += isTrue(ranked.get(i), label) ? 1 : 0;
      boolean isLastOfEqual =
          i + 1 == ranked.size()
              || probability(ranked.get(i + 1), label) != probability(ranked.get(i), label);
      if (isLastOfEqual) {
        sum += (right - before) * (right / (i + 1.0));
        before = right;
      }
    }
    return right == 0 ? null : Double.valueOf(sum / right);
  }

  /** Returns the result for labels of these names. */
  EvaluationResult result(List<String> names) {
    ClassResult[] each =
        IntStream.range(0, labels)
            .parallel()
            .mapToObj(label -> result(names.get(label), label))
            .toArray(ClassResult[]::new);
    int right = (int) IntStream.range(0, examples()).filter(this::isRight).count();
    return new EvaluationResult(
        examples(),
        right / (double) examples(),
        null,
        Arrays.asList(each),
        List.of(),
        0,
        null,
        new MultiLabelResult(
            meanAveragePrecision(each),
            f1(truePositives(), predictions(), truth.cardinality()),
            Arrays.stream(each).mapToDouble(ClassResult::f1).average().orElse(0),
            null));
  }

  private static @Nullable Double meanAveragePrecision(ClassResult[] each) {
    double sum = 0;
    int count = 0;
    for (ClassResult result : each) {
      Double precision = result.averagePrecision();
      sum += precision == null ? 0 : precision;
      count += precision == null ? 0 : 1;
    }
    return count == 0 ? null : Double.valueOf(sum / count);
  }

  private long truePositives() {
    return truth.stream().filter(i -> probabilities[i] > THRESHOLD).count();
  }

  private long predictions() {
    return IntStream.range(0, probabilities.length)
        .filter(i -> probabilities[i] > THRESHOLD)
        .count();
  }

  private ClassResult result(String name, int label) {
    int right = 0;
    int predicted = 0;
    int actual = 0;
    for (int i = 0; i < examples(); i++) {
      boolean isPredicted = isPredicted(i, label);
      boolean isTrue = isTrue(i, label);
      right += isPredicted && isTrue ? 1 : 0;
      predicted += isPredicted ? 1 : 0;
      actual += isTrue ? 1 : 0;
    }
    return new ClassResult(
        name,
        actual,
        predicted == 0 ? 0 : right / (double) predicted,
        actual == 0 ? 0 : right / (double) actual,
        f1(right, predicted, actual),
        averagePrecision(label));
  }

  private static double f1(long right, long predicted, long actual) {
    return right == 0 ? 0 : 2.0 * right / (predicted + actual);
  }
}
