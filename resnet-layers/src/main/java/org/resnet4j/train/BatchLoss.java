package org.resnet4j.train;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The loss of a batch.
 *
 * @param losses of the examples, {@code [N, 1]}
 * @param gradient of the sum of the losses by the logits, {@code [N, classes]}
 */
record BatchLoss(INDArray losses, INDArray gradient, double sum) {
  /** A loss of one example, which fills in its gradient by the logits. */
  interface OfExample {
    double of(double[] labels, double[] logits, double[] gradient);
  }

  static int classes(INDArray logits) {
    return Math.toIntExact(logits.size(1));
  }

  /**
   * Returns the loss of a batch.
   *
   * @param mask a factor for each example; null for 1
   * @param each number of labels an example
   */
  static BatchLoss of(
      INDArray labels, INDArray logits, @Nullable INDArray mask, int each, OfExample loss) {
    int count = Math.toIntExact(logits.size(0));
    int classes = classes(logits);
    require("labels", labels, count, each);
    require("label mask", mask, count, 1);
    double[] truth = labels.dup('c').data().asDouble();
    double[] values = logits.dup('c').data().asDouble();
    double[] losses = new double[count];
    double[] gradients = new double[values.length];
    double[] gradient = new double[classes];
    for (int i = 0; i < count; i++) {
      double factor = mask == null ? 1 : mask.getDouble(i);
      losses[i] = factor * loss.of(row(truth, i, each), row(values, i, classes), gradient);
      for (int j = 0; j < classes; j++) {
        gradients[i * classes + j] = factor * gradient[j];
      }
    }
    return new BatchLoss(
        array(losses, logits, count, 1),
        array(gradients, logits, count, classes),
        Arrays.stream(losses).sum());
  }

  private static void require(String what, @Nullable INDArray values, long count, long each) {
    if (values != null && (values.size(0) != count || values.length() != count * each)) {
      throw new IllegalArgumentException(
          "%s: expected [%s, %s] but was %s"
              .formatted(what, count, each, Arrays.toString(values.shape())));
    }
  }

  private static double[] row(double[] values, int index, int length) {
    return Arrays.copyOfRange(values, index * length, (index + 1) * length);
  }

  private static INDArray array(double[] values, INDArray like, long... shape) {
    return Nd4j.createFromArray(values).reshape(shape).castTo(like.dataType());
  }
}
