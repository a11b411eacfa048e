package org.resnet4j.train;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.evaluation.classification.Evaluation;

/**
 * How well a network classifies labelled examples; shares are in [0, 1].
 *
 * @param examples how many were classified
 * @param accuracy share whose most probable class is the true one
 * @param top5 share whose true class is among the five most probable; null with five classes or
 *     fewer
 * @param classes one row a class, in the order of labels
 * @param confusion {@code confusion.get(actual).get(predicted)} examples
 */
public record EvaluationResult(
    int examples,
    double accuracy,
    @Nullable Double top5,
    List<ClassResult> classes,
    List<List<Integer>> confusion) {

  /** Classes among which the five most probable say something. */
  static final int TOP = 5;

  /**
   * One class.
   *
   * @param examples that are of this class
   * @param precision share of those classified as it that are; 0 when there are none
   * @param recall share of its examples that are classified as it; 0 when there are none
   */
  public record ClassResult(
      String name, int examples, double precision, double recall, double f1) {}

  public EvaluationResult {
    classes = List.copyOf(classes);
    confusion = confusion.stream().map(List::copyOf).toList();
  }

  static EvaluationResult of(Evaluation evaluation, List<String> names) {
    List<List<Integer>> confusion =
        IntStream.range(0, names.size())
            .mapToObj(actual -> row(evaluation, actual, names.size()))
            .toList();
    int examples = confusion.stream().flatMap(List::stream).mapToInt(Integer::intValue).sum();
    return new EvaluationResult(
        examples,
        evaluation.accuracy(),
        names.size() > TOP ? evaluation.topNAccuracy() : null,
        IntStream.range(0, names.size())
            .mapToObj(i -> classResult(evaluation, names.get(i), i, confusion.get(i)))
            .toList(),
        confusion);
  }

  private static List<Integer> row(Evaluation evaluation, int actual, int classes) {
    return IntStream.range(0, classes)
        .mapToObj(predicted -> evaluation.getConfusion().getCount(actual, predicted))
        .toList();
  }

  private static ClassResult classResult(
      Evaluation evaluation, String name, int index, List<Integer> row) {
    return new ClassResult(
        name,
        row.stream().mapToInt(Integer::intValue).sum(),
        evaluation.precision(index, 0),
        evaluation.recall(index, 0),
        evaluation.f1(index));
  }
}
