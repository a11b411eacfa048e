package org.resnet4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Checks the first batch of a run: whether images are normalised, and whether the loss is that of a
 * network that knows nothing.
 */
final class FirstBatch {
  /** The farthest mean of a channel from 0; pixels in [0, 1] and white backgrounds are nearer. */
  private static final double MOST_MEAN = 3;

  private static final double LEAST_STD = 0.05;
  private static final double MOST_STD = 4;

  private FirstBatch() {}

  /**
   * Returns what looks wrong, as sentences.
   *
   * @param features images {@code [N, C, H, W]}, or rows of features
   * @param expected loss of a network whose probabilities are equal
   * @param loss mean loss of the untrained network
   */
  static List<String> warnings(INDArray features, int classes, double expected, double loss) {
    List<String> warnings = new ArrayList<>();
    if (!(loss <= 2 * expected + 1)) {
      warnings.add(
          text(
              "The loss of the first batch is %.2f, but an untrained network for %d classes has about %.2f. Are the images normalised, and the labels right?",
              loss, classes, expected));
    }
    if (features.rank() == 4) {
      INDArray means = features.mean(0, 2, 3);
      INDArray stds = features.std(false, 0, 2, 3);
      for (int channel = 0; channel < means.length(); channel++) {
        double mean = means.getDouble(channel);
        double std = stds.getDouble(channel);
        if (!(Math.abs(mean) <= MOST_MEAN) || !(std >= LEAST_STD && std <= MOST_STD)) {
          warnings.add(
              text(
                  "Channel %d of the first batch has the mean %.2f and the std %.2f after it was normalised, but about 0 and 1 are expected. Choose other channel statistics, or measure those of the data.",
                  channel, mean, std));
        }
      }
    }
    return warnings;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
