package org.resnet4j.train;

import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * A loss of a classifier that Deeplearning4j lacks. It is computed from the logits {@code [N,
 * classes]} in double precision, whatever the activation of the layer. A model's zip file keeps it.
 *
 * <p>A label mask has one factor for each example.
 */
public sealed interface LogitLoss extends ILossFunction permits BinaryCrossEntropy, Distillation {
  /** Returns the activation that makes probabilities of the logits. */
  Activation activation();

  /** Returns the number of labels of an example, for a network that has {@code classes}. */
  int labels(int classes);

  /** Returns the loss where all probabilities are equal, or the most that it can be. */
  double untrained(int classes);

  /**
   * Returns the loss of one example and fills in its gradient by the logits.
   *
   * @param labels as many as {@link #labels} says, the true ones first
   */
  double ofExample(double[] labels, double[] logits, double[] gradient);

  private BatchLoss of(INDArray labels, INDArray logits, @Nullable INDArray mask) {
    return BatchLoss.of(labels, logits, mask, labels(BatchLoss.classes(logits)), this::ofExample);
  }

  @Override
  default INDArray computeScoreArray(
      INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
    return of(labels, logits, mask).losses();
  }

  @Override
  default INDArray computeGradient(
      INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
    return of(labels, logits, mask).gradient();
  }

  @Override
  default double computeScore(
      INDArray labels,
      INDArray logits,
      IActivation activation,
      @Nullable INDArray mask,
      boolean average) {
    return computeGradientAndScore(labels, logits, activation, mask, average).getFirst();
  }

  @Override
  default Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray logits,
      IActivation activation,
      @Nullable INDArray mask,
      boolean average) {
    BatchLoss batch = of(labels, logits, mask);
    return new Pair<>(average ? batch.sum() / logits.size(0) : batch.sum(), batch.gradient());
  }

  @Override
  default String name() {
    return toString();
  }
}
