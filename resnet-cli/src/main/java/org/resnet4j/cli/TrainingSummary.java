package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.RunRecord;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;

/** Prints the results of a training. */
final class TrainingSummary {
  /** The number of classes in the summary. */
  private static final int WORST = 3;

  private TrainingSummary() {}

  /** Returns the start of the JSON document of the results. */
  static Map<String, Object> document(Training.Result result) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("model", result.folder().resolve(Training.MODEL).toString());
    document.put("report", result.folder().resolve(Trainer.REPORT).toString());
    document.put("accuracy", result.test().result().accuracy());
    Double precision = result.test().result().meanAveragePrecision();
    if (precision != null) {
      document.put("meanAveragePrecision", precision);
    }
    document.put("examples", result.test().result().examples());
    return document;
  }

  static void print(Training.Result result, PrintWriter to) {
    RunRecord record = result.record();
    EvaluationResult test = result.test().result();
    to.printf(
        Locale.ROOT,
        "%ntest %s on %,d images (%s)%n",
        EvaluationText.headline(test),
        test.examples(),
        record.setup().test().origin());
    if (!record.isLastBest()) {
      to.printf(
          "model.zip is the network after epoch %s of %s, the %s%n",
          record.best(),
          record.epochs().size(),
          test.multiLabel() == null
              ? "most accurate one"
              : "one of the highest mean average precision");
    }
    record.notes().forEach(to::println);
    if (test.multiLabel() == null) {
      printWorst(test, to);
    } else {
      EvaluationText.printWorstLabels(test, WORST, to);
    }
  }

  /**
   * Prints commands to try next.
   *
   * @param data as the user writes it after {@code --data}
   * @param isFirst whether the example data were trained on, so that more of them are of use
   */
  static void printHints(Path folder, String data, boolean isFirst, PrintWriter to) {
    to.printf(
        "%nLook at   %s%nand try   ./resnet evaluate %s --data %s%n",
        folder.resolve(Trainer.REPORT),
        quoted(folder.resolve(Training.MODEL).toString()),
        quoted(data));
    if (isFirst) {
      to.printf(
          "          ./resnet train --model resnet20_cifar --epochs 10     a deeper network, longer%n          ./resnet list                                     everything else%n");
    } else {
      to.printf("          ./resnet classify IMAGE --model %s%n", quoted(folder.toString()));
    }
  }

  /** Returns {@code word} as a shell takes it for one word. */
  static String quoted(String word) {
    return word.matches("[\\p{IsAlphabetic}\\p{IsDigit}@%+=:,./_~-]+")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Prints the classes that an accuracy over all images hides, if some have few images. */
  private static void printWorst(EvaluationResult result, PrintWriter to) {
    if (result.isImbalanced()) {
      to.printf(Locale.ROOT, "mean recall of the classes %.4f; the lowest:%n", result.meanRecall());
      for (EvaluationResult.ClassResult worst : result.worst(WORST)) {
        to.printf(
            Locale.ROOT,
            "  %-20s recall %.4f, precision %.4f, %,d images%n",
            worst.name(),
            worst.recall(),
            worst.precision(),
            worst.examples());
      }
    }
  }
}
