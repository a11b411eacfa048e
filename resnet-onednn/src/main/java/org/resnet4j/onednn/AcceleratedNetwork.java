package org.resnet4j.onednn;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.update.FusedSolver;
import org.resnet4j.train.Accelerated;

/**
 * A {@code MultiLayerNetwork} whose forward and backward passes an {@link AcceleratedGraph} of the
 * same layers runs, on the same parameters and gradients. Updater, solver and listeners are
 * Deeplearning4j's own.
 *
 * <p>Public because Deeplearning4j's {@code InMemoryModelSaver} calls {@link #clone()} by
 * reflection.
 */
@NullUnmarked // Deeplearning4j's fields may be null
@SuppressWarnings({
  "try", // workspaces are entered and left, not used
  "overrides" // Deeplearning4j's class has an array where its interface has variable arguments
})
public final class AcceleratedNetwork extends MultiLayerNetwork implements Accelerated {
  private static final long serialVersionUID = 1;

  private final transient AcceleratedGraph graph;
  private transient INDArray featuresMask;
  private transient INDArray labelsMask;

  /**
   * Creates a network that shares the parameters of {@code network} and continues with a copy of
   * its updater's state.
   */
  AcceleratedNetwork(MultiLayerNetwork network, CompileOptions options) {
    super(network.getLayerWiseConfigurations());
    init(network.params(), false);
    initGradientsView();
    setListeners(new ArrayList<>(network.getListeners()));
    Updater updater = network.getUpdater(false);
    INDArray state = updater == null ? null : updater.getStateViewArray();
    solver = FusedSolver.of(this, state == null ? null : state.dup(), Native.threads());
    if (solver == null && state != null) {
      getUpdater().setStateViewArray(this, state.dup(), false);
    }
    graph = new AcceleratedGraph(this, options);
    graph.setListeners(new Forwarding());
  }

  @Override
  public String engine() {
    return graph.engine();
  }

  @Override
  public boolean isFinite() {
    return solver instanceof FusedSolver fused && fused.leftAllFinite();
  }

  @Override
  public INDArray outputOfStep() {
    return graph.outputOfStep();
  }

  @Override
  public void computeGradientAndScore() {
    synchronizeIterEpochCounts();
    graph.writeGradientsTo(flattenedGradients);
    graph.getConfiguration().setIterationCount(getIterationCount());
    graph.getConfiguration().setEpochCount(getEpochCount());
    graph.setInputs(input);
    graph.setLabels(labels);
    graph.setLayerMaskArrays(array(featuresMask), array(labelsMask));
    try {
      graph.computeGradientAndScore();
      takeResults();
    } finally {
      graph.clearLayerMaskArrays();
      graph.clear();
    }
  }

  private static INDArray[] array(INDArray mask) {
    return mask == null ? null : new INDArray[] {mask};
  }

  private void takeResults() {
    gradient = graph.gradient();
    score = graph.score();
  }

  /** Clears inputs and updater, as Deeplearning4j does, which would create its own solver next. */
  @Override
  public void clear() {
    super.clear();
    solver = FusedSolver.of(this, null, Native.threads());
  }

  @Override
  public void setLayerMaskArrays(INDArray features, INDArray labels) {
    super.setLayerMaskArrays(features, labels);
    featuresMask = features;
    labelsMask = labels;
  }

  @Override
  public void clearLayerMaskArrays() {
    super.clearLayerMaskArrays();
    featuresMask = null;
    labelsMask = null;
  }

  @Override
  protected INDArray outputOfLayerDetached(
      boolean train,
      FwdPassType fwdPassType,
      int layerIndex,
      INDArray features,
      INDArray featureMask,
      INDArray labelMask,
      MemoryWorkspace outputWorkspace) {
    graph.requireOpen();
    if (train
        || fwdPassType != FwdPassType.STANDARD
        || layerIndex != getnLayers() - 1
        || featureMask != null) {
      return super.outputOfLayerDetached(
          train, fwdPassType, layerIndex, features, featureMask, labelMask, outputWorkspace);
    }
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return graph.outputSingle(features);
    }
  }

  /** Returns an accelerated network with copies of the parameters and of the updater's state. */
  @Override
  public MultiLayerNetwork clone() {
    return new AcceleratedNetwork(super.clone(), graph.options());
  }

  /** Frees the engine's memory, as {@link AcceleratedGraph#close()} does. */
  @Override
  public void close() {
    graph.close();
  }

  /** Passes the events within a step of the graph on to the listeners of the network. */
  private final class Forwarding extends BaseTrainingListener {
    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
      for (TrainingListener listener : getListeners()) {
        listener.onForwardPass(AcceleratedNetwork.this, new OfLayers(activations));
      }
    }

    @Override
    public void onBackwardPass(Model model) {
      takeResults();
      for (TrainingListener listener : getListeners()) {
        listener.onBackwardPass(AcceleratedNetwork.this);
      }
    }
  }

  /**
   * The input and the activations of all layers but the last. Deeplearning4j computes those that
   * the engine did not keep.
   */
  private final class OfLayers extends AbstractList<INDArray> {
    private final Map<String, INDArray> kept;

    OfLayers(Map<String, INDArray> kept) {
      this.kept = kept;
    }

    @Override
    public INDArray get(int index) {
      if (index == 0) {
        return input;
      }
      INDArray activation = kept.get(Integer.toString(index - 1));
      return activation != null ? activation : computed(index);
    }

    private INDArray computed(int index) {
      List<INDArray> all = feedForwardToLayer(index - 1, input, true);
      return all.get(index);
    }

    @Override
    public int size() {
      return getnLayers();
    }
  }
}
