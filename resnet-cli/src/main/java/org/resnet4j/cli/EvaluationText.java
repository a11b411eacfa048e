package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.Locale;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.EvaluationResult.ClassResult;
import org.resnet4j.run.MultiLabelResult;

/** Prints results of an evaluation. */
final class EvaluationText {
  private EvaluationText() {}

  /** Returns the figure that decides, such as {@code accuracy 0.9123}. */
  static String headline(EvaluationResult result) {
    Double precision = result.meanAveragePrecision();
    return String.format(
        Locale.ROOT,
        precision == null ? "accuracy %.4f" : "mean average precision %.4f",
        precision == null ? result.accuracy() : precision);
  }

  /** Prints the figures of all classes and, unless images have several labels, the confusions. */
  static void print(EvaluationResult result, PrintWriter out) {
    if (result.multiLabel() == null) {
      printClasses(result, out);
      printConfusion(result, out);
    } else {
      printLabels(result, out);
    }
  }

  /** Prints the figures of all labels together, and the labels of the lowest average precision. */
  static void printWorstLabels(EvaluationResult result, int most, PrintWriter out) {
    printTogether(result, out);
    out.println("the labels of the lowest average precision:");
    result.classes().stream()
        .filter(label -> label.averagePrecision() != null)
        .sorted(Comparator.comparing(ClassResult::averagePrecision))
        .limit(most)
        .forEach(
            label ->
                out.printf(
                    Locale.ROOT,
                    "  %-20s average precision %.4f, recall %.4f, precision %.4f, %,d images%n",
                    label.name(),
                    label.averagePrecision(),
                    label.recall(),
                    label.precision(),
                    label.examples()));
  }

  private static void printTogether(EvaluationResult result, PrintWriter out) {
    MultiLabelResult some = result.multiLabel();
    if (some != null) {
      out.printf(
          Locale.ROOT,
          "F1 %.4f of all labels together (micro), %.4f their mean (macro); %.4f of the images have all labels right%n",
          some.microF1(),
          some.macroF1(),
          result.accuracy());
    }
  }

  private static void printLabels(EvaluationResult result, PrintWriter out) {
    printTogether(result, out);
    out.printf(
        "%n%-20s %8s %17s %9s %8s %8s%n",
        "label", "images", "average precision", "precision", "recall", "F1");
    for (ClassResult label : result.classes()) {
      Double precision = label.averagePrecision();
      out.printf(
          Locale.ROOT,
          "%-20s %8d %17s %9.4f %8.4f %8.4f%n",
          label.name(),
          label.examples(),
          precision == null ? "-" : String.format(Locale.ROOT, "%.4f", precision),
          label.precision(),
          label.recall(),
          label.f1());
    }
  }

  private static void printClasses(EvaluationResult result, PrintWriter out) {
    out.printf("%n%-20s %8s %9s %8s %8s%n", "class", "images", "precision", "recall", "F1");
    for (ClassResult ofClass : result.classes()) {
      out.printf(
          Locale.ROOT,
          "%-20s %8d %9.4f %8.4f %8.4f%n",
          ofClass.name(),
          ofClass.examples(),
          ofClass.precision(),
          ofClass.recall(),
          ofClass.f1());
    }
  }

  private static void printConfusion(EvaluationResult result, PrintWriter out) {
    out.printf("%nconfusion matrix: rows are true classes, columns predicted classes%n");
    for (int i = 0; i < result.confusion().size(); i++) {
      out.printf("%-20s", result.classes().get(i).name());
      result.confusion().get(i).forEach(count -> out.printf(Locale.ROOT, "%6d", count));
      out.println();
    }
  }
}
