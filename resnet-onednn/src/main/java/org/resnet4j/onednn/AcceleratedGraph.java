package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.FwdPassType;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.TrainingProgram;
import org.resnet4j.onednn.update.FusedSolver;
import org.resnet4j.train.Accelerated;
import org.resnet4j.train.AccumulatingGraph;
import org.resnet4j.train.GradientAccumulation;
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
  private final transient GradientAccumulation accumulation;
  private transient boolean fallenBack;
  private transient boolean leftRange;

  /**
   * Creates a graph that shares the parameters of {@code graph} and continues with a copy of its
   * updater's state. It accumulates gradients if {@code graph} does.
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
    gradient = GradientTable.of(flattenedGradients, getLayers());
    engine = new Engine(this, options, this::stockOutput);
    penalty = new RegularizationScore(getLayers());
    accumulation = new GradientAccumulation(AccumulatingGraph.partsOf(graph));
  }

  /**
   * Creates the graph of a network's layers, which shares its parameters and has no updater: the
   * network updates them.
   */
  AcceleratedGraph(MultiLayerNetwork network, CompileOptions options) {
    super(ChainGraph.configuration(network));
    init(network.params(), false);
    writeGradientsTo(network.getGradientsViewArray());
    engine = new Engine(this, options, this::stockOutput);
    penalty = new RegularizationScore(getLayers());
    accumulation = new GradientAccumulation(1);
  }

  /** Makes the steps that follow write their gradients to {@code gradients}. */
  @SuppressWarnings("ReferenceEquality") // compares memory, not values
  void writeGradientsTo(INDArray gradients) {
    if (flattenedGradients != gradients) {
      flattenedGradients = gradients;
      setBackpropGradientsViewArray(gradients);
      gradient = GradientTable.of(gradients, getLayers());
    }
  }

  CompileOptions options() {
    return engine.options();
  }

  void requireOpen() {
    engine.requireOpen();
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

  @Override
  public void computeGradientAndScore() {
    engine.step(() -> accumulation.run(this, targets, this::stepOrFallBack));
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
      gradient = GradientTable.of(flattenedGradients, getLayers());
    }
    synchronizeIterEpochCounts();
    try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      if (engine.hides(getInputs()) || !program.forward(getInputs())) {
        return false;
      }
      Collection<TrainingListener> listeners = getListeners();
      for (TrainingListener listener : listeners) {
        listener.onForwardPass(this, program.activations());
      }
      score = penalty.at(getIterationCount(), getEpochCount());
      List<IOutputLayer> heads = engine.heads();
      for (int i = 0; i < heads.size(); i++) {
        INDArray[] masks = getLabelMaskArrays();
        score +=
            new StepLoss(heads.get(i), getConfiguration().getNetworkOutputs().get(i), i)
                .of(targets[i], masks == null ? null : masks[i], program);
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

  /** Returns an accelerated graph with copies of the parameters and of the updater's state. */
  @Override
  public ComputationGraph clone() {
    ComputationGraph clone = super.clone();
    MergeAxes.keep(getConfiguration(), clone.getConfiguration());
    return new AcceleratedGraph(
        AccumulatingGraph.of(clone, accumulation.parts()), engine.options());
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
