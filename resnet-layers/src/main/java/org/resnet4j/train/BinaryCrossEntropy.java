package org.resnet4j.train;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The mean over classes of the binary cross-entropy between sigmoids of the logits and labels in
 * [0, 1], as in timm's {@code BinaryCrossEntropy} and {@code
 * torch.nn.functional.binary_cross_entropy_with_logits}. The class of the highest logit is the
 * prediction, as with softmax; of several labels, each above 0.5 is. Recipes A1 and A2 of Wightman
 * et al. 2021, arXiv:2110.00476, use it.
 *
 * @param threshold above which a label counts as 1, and else as 0; null for labels as they are
 */
public record BinaryCrossEntropy(@JsonProperty("threshold") @Nullable Double threshold)
    implements LogitLoss {
  private static final long serialVersionUID = 1;

  public BinaryCrossEntropy {
    if (threshold != null && !(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "binary cross-entropy: expected a threshold in [0, 1) but was " + threshold);
    }
  }

  /** Creates a loss between probabilities and the labels as they are. */
  public BinaryCrossEntropy() {
    this(null);
  }

  @Override
  public Activation activation() {
    return Activation.SIGMOID;
  }

  @Override
  public int labels(int classes) {
    return classes;
  }

  @Override
  public double untrained(int classes) {
    return Math.log(2);
  }

  @Override
  public double ofExample(double[] labels, double[] logits, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double label = threshold == null ? labels[i] : labels[i] > threshold ? 1 : 0;
      double logit = logits[i];
      // The form that overflows for no logit.
      double small = Math.exp(-Math.abs(logit));
      sum += Math.max(logit, 0) - logit * label + Math.log1p(small);
      double sigmoid = (logit >= 0 ? 1 : small) / (1 + small);
      gradient[i] = (sigmoid - label) / logits.length;
    }
    return sum / logits.length;
  }
}
