package org.resnet4j.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.resnet4j.run.RunRecord;

/** The measurements of a run as a table of comma-separated values, a line for every epoch. */
public final class Metrics {
  private static final String NAMES =
      "epoch,learning_rate,loss,accuracy,test_accuracy,seconds,test_seconds";

  private Metrics() {}

  /**
   * Returns the table, with a line of names first. Numbers have a decimal point in every locale; a
   * test accuracy is empty if the epoch was not evaluated. A run on images with several labels has
   * one more column, {@code test_mean_average_precision}. The table of a later epoch starts with
   * that of an earlier one.
   */
  public static String csv(RunRecord run) {
    boolean multiLabel = run.setup().multiLabel();
    StringBuilder table = new StringBuilder(NAMES);
    table.append(multiLabel ? ",test_mean_average_precision\n" : "\n");
    for (RunRecord.Epoch epoch : run.epochs()) {
      table.append(line(epoch));
      table.append(multiLabel ? "," + number(epoch.testMeanAveragePrecision()) + "\n" : "\n");
    }
    return table.toString();
  }

  private static String line(RunRecord.Epoch epoch) {
    return String.join(
        ",",
        "" + epoch.epoch(),
        number(epoch.learningRate()),
        number(epoch.loss()),
        number(epoch.accuracy()),
        number(epoch.testAccuracy()),
        seconds(epoch.seconds()),
        seconds(epoch.testSeconds()));
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : Double.toString(value);
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
