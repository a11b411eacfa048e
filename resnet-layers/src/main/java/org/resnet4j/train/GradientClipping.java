package org.resnet4j.train;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

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
      parts = parts(gradient, updater(model));
      source = gradient;
    }
    double squares = 0;
    for (INDArray part : parts) {
      double norm = part.norm2Number().doubleValue();
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

  /** Returns the parts of {@code gradient} that are gradients of the loss, as views. */
  private static List<INDArray> parts(INDArray gradient, BaseMultiLayerUpdater<?> updater) {
    INDArray flat = gradient.reshape(gradient.length());
    List<INDArray> found = new ArrayList<>();
    int start = 0;
    int end = 0;
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      for (UpdaterBlock.ParamState part : block.getLayersAndVariablesInBlock()) {
        if (part.getLayer().updaterDivideByMinibatch(part.getParamName())) {
          start = end == part.getParamOffsetStart() ? start : part.getParamOffsetStart();
          end = part.getParamOffsetEnd();
        } else {
          add(found, flat, start, end);
          start = part.getParamOffsetEnd();
          end = start;
        }
      }
    }
    add(found, flat, start, end);
    return found;
  }

  private static void add(List<INDArray> found, INDArray flat, int start, int end) {
    if (end > start) {
      found.add(flat.get(NDArrayIndex.interval(start, end)));
    }
  }
}
