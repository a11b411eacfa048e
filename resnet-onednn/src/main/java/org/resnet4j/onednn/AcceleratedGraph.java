package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.TrainingProgram;
import org.resnet4j.onednn.update.FusedSolver;
import org.resnet4j.train.Accelerated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A graph whose forward and backward passes run on the engine. Parameters, gradients, updater,
 * solver, losses and listeners are Deeplearning4j's own.
 *
 * <p>Public because Deeplearning4j's {@code InMemoryModelSaver} calls {@link #clone()} by
 * reflection.
 */
@NullUnmarked // Deeplearning4j's fields may be null
@SuppressWarnings("try") // workspaces are entered and left, not used
public final class AcceleratedGraph extends ComputationGraph implements Accelerated {
  private static final long serialVersionUID = 1;

  private static final Logger LOG = LoggerFactory.getLogger("org.resnet4j.onednn.OneDnn");

  private final transient Engine engine;
  private final transient RegularizationScore penalty;
  private transient boolean fallenBack;
  private transient boolean leftRange;

  /**
   * Creates a graph that shares the parameters of {@code graph} and continues with a copy of its
   * updater's state.
   */
  AcceleratedGraph(ComputationGraph graph, CompileOptions options) {
    super(graph.getConfiguration());
    init(graph.params(), false);
    initGradientsView();
    setListeners(new ArrayList<>(graph.getListeners()));
    ComputationGraphUpdater updater = graph.getUpdater(false);
    INDArray before = updater == null ? null : updater.getStateViewArray();
    INDArray state = before == null ? null : before.dup();
    solver = FusedSolver.of(this, state, Native.threads());
    if (solver == null && state != null) {
      setUpdater(new ComputationGraphUpdater(this, state));
    }
    gradient = table();
    engine = new Engine(this, options, this::stockOutput);
    penalty = new RegularizationScore(getLayers());
  }

  @Override
  public String engine() {
    return fallenBack ? STOCK : Native.name();
  }

  @Override
  public boolean isFinite() {
    return solver instanceof FusedSolver fused && fused.leftAllFinite();
  }

  private INDArray[] stockOutput(INDArray... features) {
    boolean before = fallenBack;
    fallenBack = true;
    try {
      return output(features);
    } finally {
      fallenBack = before;
    }
  }

  private Gradient table() {
    Gradient table = new DefaultGradient(flattenedGradients);
    for (Layer layer : getLayers()) {
      INDArray all = layer.getGradientsViewArray();
      if (all == null || layer.numParams() == 0) {
        continue;
      }
      INDArray flat = all.reshape(all.length());
      for (Map.Entry<String, INDArray> parameter : layer.paramTable(true).entrySet()) {
        INDArray value = parameter.getValue();
        long start = value.offset() - layer.params().offset();
        table.setGradientFor(
            layer.conf().getLayer().getLayerName() + "_" + parameter.getKey(),
            flat.get(NDArrayIndex.interval(start, start + value.length()))
                .reshape(value.ordering(), value.shape()),
            value.ordering());
      }
    }
    return table;
  }

  @Override
  public void computeGradientAndScore() {
    engine.step(this::stepOrFallBack);
  }

  private void stepOrFallBack() {
    if (fallenBack) {
      super.computeGradientAndScore();
      return;
    }
    TrainingProgram program;
    try {
      program = program();
    } catch (UnsupportedGraphException e) {
      if (!engine.options().fallBack()) {
        throw e;
      }
      LOG.warn("training falls back to stock Deeplearning4j: {}", e.reason());
      fallenBack = true;
      super.computeGradientAndScore();
      return;
    }
    if (!step(program)) {
      if (!leftRange) {
        leftRange = true;
        LOG.warn("stock Deeplearning4j computes steps in which a NaN appears, such as this one");
      }
      super.computeGradientAndScore();
    }
  }

  /**
   * Frees the programs. The parameters belong to the source and stay. Gradients and the updater's
   * state are freed with this graph: another thread may be in Deeplearning4j's update of
   * parameters, which no lock here covers.
   */
  @Override
  public void close() {
    engine.close();
  }

  private TrainingProgram program() {
    if (isMasked(getInputMaskArrays())) {
      throw new UnsupportedGraphException(
          getConfiguration().getNetworkInputs().get(0), "a mask of the features");
    }
    return engine.training(getInputs());
  }

  /**
   * Runs a step on the engine. Returns false if a NaN occurred; stock Deeplearning4j can then
   * repeat the step from the start.
   */
  private boolean step(TrainingProgram program) {
    if (gradientsMoved()) {
      gradient = table();
    }
    synchronizeIterEpochCounts();
    LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      if (!program.forward(getInputs())) {
        return false;
      }
      Collection<TrainingListener> listeners = getListeners();
      for (TrainingListener listener : listeners) {
        listener.onForwardPass(this, program.activations());
      }
      score = penalty.at(getIterationCount(), getEpochCount());
      List<IOutputLayer> heads = engine.heads();
      for (int i = 0; i < heads.size(); i++) {
        score += loss(heads.get(i), i, program, workspaces);
      }
      engine.requireOpen();
      program.backward();
      ofStep = program;
      for (TrainingListener listener : listeners) {
        listener.onBackwardPass(this);
      }
      return true;
    } finally {
      ofStep = null;
      for (var vertex : vertices) {
        vertex.clear();
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // compares memory, not values
  private boolean gradientsMoved() {
    return gradient.gradient() != flattenedGradients;
  }

  private static boolean isMasked(INDArray[] masks) {
    return masks != null && Arrays.stream(masks).anyMatch(mask -> mask != null);
  }

  /** The labels of the next step, which the superclass keeps private. */
  private transient INDArray[] targets = new INDArray[1];

  /** Returns a stock graph with copies of the parameters and of the updater's state. */
  @Override
  public ComputationGraph clone() {
    return super.clone();
  }

  @Override
  public void setLabels(INDArray... labels) {
    super.setLabels(labels);
    targets = labels == null ? null : labels.clone();
  }

  @Override
  public void setLabel(int index, INDArray label) {
    super.setLabel(index, label);
    targets = Arrays.copyOf(targets, getNumOutputArrays());
    targets[index] = label;
  }

  /** Returns the loss of an output layer, and fills in the gradient of its output. */
  private double loss(
      IOutputLayer head, int index, TrainingProgram program, LayerWorkspaceMgr workspaces) {
    INDArray labels = targets[index];
    INDArray[] masks = getLabelMaskArrays();
    INDArray mask = masks == null ? null : masks[index];
    Programs.requireOpen(
        "labels of the output " + getConfiguration().getNetworkOutputs().get(index), labels);
    if (mask != null) {
      Programs.requireOpen("label mask", mask);
    }
    INDArray gradient = program.outputGradients().get(index);
    // Listeners may read these from the layer.
    head.setInput(program.headInputs().get(index), workspaces);
    head.setLabels(labels);
    head.setMaskArray(mask);
    if (!(head.conf().getLayer() instanceof BaseOutputLayer configuration)) {
      gradient.assign(head.backpropGradient(null, workspaces).getSecond());
      return head.computeScore(0, true, workspaces);
    }
    ILossFunction loss = configuration.getLossFn();
    IActivation activation = configuration.getActivationFn();
    // Some losses overwrite their arguments.
    INDArray output = program.outputs().get(index);
    INDArray computed = loss.computeGradient(labels, output.dup(), activation, mask);
    if (!computed.equalShapes(gradient)) {
      throw new IllegalArgumentException(
          "labels "
              + Arrays.toString(labels.shape())
              + " do not fit the output "
              + Arrays.toString(output.shape()));
    }
    gradient.assign(computed);
    double sum = loss.computeScore(labels, output.dup(), activation, mask, false);
    return head.conf().isMiniBatch() ? sum / output.size(0) : sum;
  }

  /** The program of the current step, for listeners. */
  private transient TrainingProgram ofStep;

  @Override
  public INDArray outputOfStep() {
    return ofStep != null && getOutputLayer(0).conf().getLayer() instanceof BaseOutputLayer head
        ? head.getActivationFn().getActivation(ofStep.outputs().get(0).dup(), true)
        : null;
  }

  @Override
  protected INDArray[] outputOfLayersDetached(
      boolean train,
      FwdPassType fwdPassType,
      int[] layerIndexes,
      INDArray[] features,
      INDArray[] featureMasks,
      INDArray[] labelMasks,
      boolean clearLayerInputs,
      boolean detachedInputs,
      MemoryWorkspace outputWorkspace) {
    engine.requireOpen();
    if (train
        || fallenBack
        || fwdPassType != FwdPassType.STANDARD
        || detachedInputs
        || isMasked(featureMasks)
        || !Arrays.equals(layerIndexes, getOutputLayerIndices())) {
      return super.outputOfLayersDetached(
          train,
          fwdPassType,
          layerIndexes,
          features,
          featureMasks,
          labelMasks,
          clearLayerInputs,
          detachedInputs,
          outputWorkspace);
    }
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return engine.output(features);
    }
  }
}
