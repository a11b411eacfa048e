package org.resnet4j.train;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Clips the gradient of every step to a global norm, as PyTorch's {@code clip_grad_norm_} does: if
 * the norm over all parameters exceeds the limit, all gradients are multiplied by {@code
 * maxNorm/(norm + 10⁻⁶)}. Deeplearning4j's {@code GradientNormalization} clips each layer on its
 * own.
 *
 * <pre>{@code
 * graph.addListeners(new GradientClipping(1.0));
 * }</pre>
 *
 * <p>The gradient is that of the mean over the batch, before weight decay is added. Updates of
 * batch-norm statistics, which Deeplearning4j treats as gradients, are neither counted nor changed.
 * A listener is not saved with a network.
 */
public final class GradientClipping extends BaseTrainingListener {
  private static final double EPSILON = 1e-6;

  private final double maxNorm;
  private @Nullable INDArray source;
  private List<INDArray> parts = List.of();

  /**
   * Creates a listener.
   *
   * @param maxNorm limit of the norm, greater than 0
   */
  public GradientClipping(double maxNorm) {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException(
          "norm that gradients are clipped to: expected more than 0 but was " + maxNorm);
    }
    this.maxNorm = maxNorm;
  }

  @Override
  public void onGradientCalculation(Model model) {
    INDArray gradient = model.gradient().gradient();
    if (!isOf(gradient)) {
      parts = GradientParts.of(gradient, updater(model)).gradients();
      source = gradient;
    }
    double squares = 0;
    for (INDArray part : parts) {
      double norm = Norm.of(part);
      squares += norm * norm;
    }
    double norm = Math.sqrt(squares) / (isMiniBatch(model) ? model.batchSize() : 1);
    double coefficient = maxNorm / (norm + EPSILON);
    if (!(coefficient >= 1)) { // a NaN spreads to all parameters, as in PyTorch
      parts.forEach(part -> part.muli(coefficient));
    }
  }

  @SuppressWarnings("ReferenceEquality") // compares memory, not values
  private boolean isOf(INDArray gradient) {
    return source == gradient;
  }

  private static boolean isMiniBatch(Model model) {
    return model instanceof MultiLayerNetwork network
        ? network.conf().isMiniBatch()
        : ((ComputationGraph) model).conf().isMiniBatch();
  }

  private static BaseMultiLayerUpdater<?> updater(Model model) {
    return model instanceof MultiLayerNetwork network
        ? (BaseMultiLayerUpdater<?>) network.getUpdater()
        : ((ComputationGraph) model).getUpdater();
  }
}
