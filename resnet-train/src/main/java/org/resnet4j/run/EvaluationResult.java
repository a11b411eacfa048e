package org.resnet4j.run;

import static java.util.Comparator.comparingDouble;

import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The accuracy of a network on labelled examples; shares are in [0, 1].
 *
 * @param examples number of examples classified
 * @param accuracy share whose most probable class is the true one; of examples with several labels,
 *     the share whose predicted labels are exactly the true ones
 * @param top5 share whose true class is among the five most probable; null with five classes or
 *     fewer
 * @param classes one for each class, in the order of labels
 * @param confusion {@code confusion.get(actual).get(predicted)} examples; empty where examples have
 *     several labels
 * @param trained examples that are images, byte for byte, which the model was trained on; 0 if its
 *     run did not record them
 * @param untrainedAccuracy the accuracy on the others; null if {@code trained} is 0, or there are
 *     no others
 * @param multiLabel the figures of examples with several labels; null where each has one
 */
public record EvaluationResult(
    int examples,
    double accuracy,
    @Nullable Double top5,
    List<ClassResult> classes,
    List<List<Integer>> confusion,
    int trained,
    @Nullable Double untrainedAccuracy,
    @Nullable MultiLabelResult multiLabel) {

  /** The rank up to which a true class counts as correct in {@code top5}. */
  static final int TOP = 5;

  /**
   * The results for one class.
   *
   * @param examples number of examples of this class
   * @param precision share of the examples predicted as this class that are of it; 0 if there are
   *     none
   * @param recall share of its examples that are predicted as it; 0 if there are none
   * @param averagePrecision of a label among several; null if it has no examples, and for classes
   *     of which each example has one
   */
  public record ClassResult(
      String name,
      int examples,
      double precision,
      double recall,
      double f1,
      @Nullable Double averagePrecision) {
    /** Creates the results for a class of examples that have one each. */
    public ClassResult(String name, int examples, double precision, double recall, double f1) {
      this(name, examples, precision, recall, f1, null);
    }
  }

  public EvaluationResult {
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
  }

  /** Creates the result for examples of one class each. */
  public EvaluationResult(
      int examples,
      double accuracy,
      @Nullable Double top5,
      List<ClassResult> classes,
      List<List<Integer>> confusion,
      int trained,
      @Nullable Double untrainedAccuracy) {
    this(examples, accuracy, top5, classes, confusion, trained, untrainedAccuracy, null);
  }

  /**
   * Returns the result for the given counts.
   *
   * @param counts {@code [actual][predicted]}
   * @param amongTop examples whose true class is among the five most probable
   */
  public static EvaluationResult of(List<String> names, int[][] counts, int amongTop) {
    List<List<Integer>> confusion =
        Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
    int examples = Arrays.stream(counts).flatMapToInt(Arrays::stream).sum();
    int right = IntStream.range(0, names.size()).map(i -> counts[i][i]).sum();
    return new EvaluationResult(
        examples,
        right / (double) examples,
        names.size() > TOP ? amongTop / (double) examples : null,
        IntStream.range(0, names.size())
            .mapToObj(i -> classResult(names.get(i), i, counts))
            .toList(),
        confusion,
        0,
        null);
  }

  /**
   * Returns this result with that on examples that the model was not trained on.
   *
   * @param others null if there are none
   */
  EvaluationResult apart(int ofTraining, @Nullable EvaluationResult others) {
    MultiLabelResult some = multiLabel;
    return new EvaluationResult(
        examples,
        accuracy,
        top5,
        classes,
        confusion,
        ofTraining,
        others == null ? null : others.accuracy,
        some == null
            ? null
            : new MultiLabelResult(
                some.meanAveragePrecision(),
                some.microF1(),
                some.macroF1(),
                others == null ? null : others.meanAveragePrecision()));
  }

  /**
   * Returns the mean average precision; null where each example has one label, or no example has
   * any.
   */
  public @Nullable Double meanAveragePrecision() {
    return multiLabel == null ? null : multiLabel.meanAveragePrecision();
  }

  /**
   * Returns the mean of the recalls of classes that have examples, in which small classes count as
   * much as large ones.
   */
  public double meanRecall() {
    return tested().mapToDouble(ClassResult::recall).average().orElse(0);
  }

  /** Returns whether a class has at least twice as many examples as another. */
  public boolean isImbalanced() {
    IntSummaryStatistics sizes = tested().mapToInt(ClassResult::examples).summaryStatistics();
    return sizes.getCount() > 0 && sizes.getMax() >= 2 * sizes.getMin();
  }

  /** Returns the classes with the lowest recall, the lowest first; {@code most} at most. */
  public List<ClassResult> worst(int most) {
    return tested().sorted(comparingDouble(ClassResult::recall)).limit(most).toList();
  }

  /** Returns a sentence on the examples that the model was trained on. */
  public String trainedSentence() {
    Double precision = multiLabel == null ? null : multiLabel.untrainedMeanAveragePrecision();
    Double onOthers = precision == null ? untrainedAccuracy : precision;
    return String.format(
        Locale.ROOT,
        "The model was trained on %,d of these %,d images%s.",
        trained,
        examples,
        onOthers == null
            ? ""
            : String.format(
                Locale.ROOT,
                "; on the others its %s is %.4f",
                precision == null ? "accuracy" : "mean average precision",
                onOthers));
  }

  private Stream<ClassResult> tested() {
    return classes.stream().filter(ofClass -> ofClass.examples() > 0);
  }

  private static ClassResult classResult(String name, int index, int[][] counts) {
    int right = counts[index][index];
    int actual = Arrays.stream(counts[index]).sum();
    int predicted = Arrays.stream(counts).mapToInt(row -> row[index]).sum();
    double precision = predicted == 0 ? 0 : right / (double) predicted;
    double recall = actual == 0 ? 0 : right / (double) actual;
    double f1 = right == 0 ? 0 : 2 * precision * recall / (precision + recall);
    return new ClassResult(name, actual, precision, recall, f1);
  }
}
