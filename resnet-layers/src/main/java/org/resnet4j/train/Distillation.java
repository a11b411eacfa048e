package org.resnet4j.train;

import java.util.Arrays;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The loss of a student that learns from labels and from a teacher (Hinton et al. 2015,
 * arXiv:1503.02531): {@code (1 − α)·CE(labels) + α·T²·KL(teacher ‖ student)}, where both
 * distributions of the divergence are softmaxes of logits / T. Labels are {@code [N, 2·classes]}:
 * those of the data, then the teacher's probabilities at T = 1.
 *
 * <p>With T = 1, its gradient is that of cross-entropy with labels (1 − α)·y + α·teacher.
 *
 * @param share α in [0, 1]
 * @param temperature T above 0
 */
public record Distillation(
    @JsonProperty("share") double share, @JsonProperty("temperature") double temperature)
    implements LogitLoss {
  private static final long serialVersionUID = 1;

  public Distillation {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "distillation: expected a share of the teacher in [0, 1] but was " + share);
    }
    if (!(temperature > 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "distillation: expected a finite temperature above 0 but was " + temperature);
    }
  }

  @Override
  public Activation activation() {
    return Activation.SOFTMAX;
  }

  @Override
  public int labels(int classes) {
    return 2 * classes;
  }

  @Override
  public double untrained(int classes) {
    return (1 - share + share * temperature * temperature) * Math.log(classes);
  }

  @Override
  public double ofExample(double[] labels, double[] logits, double[] gradient) {
    double[] own = logSoftmax(logits, 1);
    double[] student = logSoftmax(logits, temperature);
    double[] teacher =
        logSoftmax(
            Arrays.stream(labels, logits.length, labels.length).map(Math::log).toArray(),
            temperature);
    double total = Arrays.stream(labels, 0, logits.length).sum();
    double entropy = 0;
    double divergence = 0;
    for (int i = 0; i < logits.length; i++) {
      double taught = Math.exp(teacher[i]);
      entropy -= labels[i] == 0 ? 0 : labels[i] * own[i];
      divergence += taught == 0 ? 0 : taught * (teacher[i] - student[i]);
      gradient[i] =
          (1 - share) * (Math.exp(own[i]) * total - labels[i])
              + share * temperature * (Math.exp(student[i]) - taught);
    }
    return (1 - share) * entropy + share * temperature * temperature * divergence;
  }

  /** Returns the logarithms of the softmax of {@code logits} / {@code temperature}. */
  private static double[] logSoftmax(double[] logits, double temperature) {
    double highest = Arrays.stream(logits).max().orElseThrow();
    double sum =
        Arrays.stream(logits).map(logit -> Math.exp((logit - highest) / temperature)).sum();
    double logSum = Math.log(sum);
    return Arrays.stream(logits).map(logit -> (logit - highest) / temperature - logSum).toArray();
  }
}
