package org.resnet4j.onednn.update;

import java.util.Collection;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.StepFunction;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.StochasticGradientDescent;
import org.deeplearning4j.optimize.stepfunctions.NegativeGradientStepFunction;
import org.deeplearning4j.optimize.stepfunctions.StepFunctions;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient descent whose updater is a {@link SteppingUpdater}, which also replaces a stock updater
 * that is set later. Within {@link #optimize} the updater also subtracts the update, unless
 * gradients are shared between workers or the step function is not the usual one.
 */
@SuppressWarnings("serial") // serialisable by inheritance alone
final class FusedDescent extends StochasticGradientDescent {
  private final int threads;
  private final boolean usualStep;
  private boolean optimizing;
  private boolean subtracted;

  FusedDescent(ComputationGraph graph, @Nullable INDArray state, int threads) {
    this(graph.conf(), graph.getListeners(), graph, threads);
    computationGraphUpdater = new FusedUpdater(graph, state, threads);
  }

  FusedDescent(MultiLayerNetwork network, @Nullable INDArray state, int threads) {
    this(network.conf(), network.getListeners(), network, threads);
    updater = new FusedNetworkUpdater(network, state, threads);
  }

  private FusedDescent(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      Model model,
      int threads) {
    super(configuration, stepOf(configuration), listeners, model);
    this.threads = threads;
    usualStep = stepFunction.getClass() == NegativeGradientStepFunction.class;
    stepFunction = new Rest(stepFunction);
  }

  /**
   * Returns the configured step function, or the default of Deeplearning4j's own gradient descent.
   * Deeplearning4j chooses another default for subclasses.
   */
  private static StepFunction stepOf(NeuralNetConfiguration configuration) {
    StepFunction configured = StepFunctions.createStepFunction(configuration.getStepFunction());
    return configured == null ? new NegativeGradientStepFunction() : configured;
  }

  /** Returns whether the configuration allows updating and subtracting in one pass. */
  boolean subtracts() {
    return usualStep && accumulator == null;
  }

  @Override
  public boolean optimize(LayerWorkspaceMgr workspaces) {
    optimizing = true;
    try {
      return super.optimize(workspaces);
    } finally {
      optimizing = false;
      subtracted = false;
    }
  }

  /** Returns the updater of either kind of network, which may be null if it is not created. */
  @Nullable Updater present(boolean create) {
    return model instanceof MultiLayerNetwork
        ? getUpdater(create)
        : getComputationGraphUpdater(create);
  }

  @Override
  public @Nullable ComputationGraphUpdater getComputationGraphUpdater(boolean create) {
    if (computationGraphUpdater == null && create && model instanceof ComputationGraph graph) {
      computationGraphUpdater = created(() -> new FusedUpdater(graph, null, threads));
    }
    return computationGraphUpdater;
  }

  @Override
  public @Nullable Updater getUpdater(boolean create) {
    if (updater == null && create && model instanceof MultiLayerNetwork network) {
      updater = created(() -> new FusedNetworkUpdater(network, null, threads));
    }
    return updater;
  }

  private static <T> T created(Supplier<T> updater) {
    MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try (outside) {
      return updater.get();
    }
  }

  @Override
  public void setUpdaterComputationGraph(@Nullable ComputationGraphUpdater set) {
    if (set != null
        && set.getClass() == ComputationGraphUpdater.class
        && model instanceof ComputationGraph graph) {
      computationGraphUpdater = new FusedUpdater(graph, set.getStateViewArray(), threads);
    } else {
      computationGraphUpdater = set;
    }
  }

  @Override
  public void setUpdater(@Nullable Updater set) {
    if (set != null
        && set.getClass() == MultiLayerUpdater.class
        && model instanceof MultiLayerNetwork network) {
      updater = new FusedNetworkUpdater(network, set.getStateViewArray(), threads);
    } else {
      updater = set;
    }
  }

  @Override
  public void updateGradientAccordingToParams(
      Gradient gradient, Model model, int batchSize, LayerWorkspaceMgr workspaces) {
    boolean mayStep = optimizing && subtracts();
    if (mayStep && present(true) instanceof SteppingUpdater fused) {
      int iteration = getIterationCount(model);
      subtracted = fused.step(gradient, iteration, getEpochCount(model), batchSize, workspaces);
    } else {
      super.updateGradientAccordingToParams(gradient, model, batchSize, workspaces);
    }
  }

  /** A step function that does nothing if the updater has already subtracted the update. */
  private final class Rest implements StepFunction {
    private final StepFunction whole;

    Rest(StepFunction whole) {
      this.whole = whole;
    }

    @Override
    public void step(INDArray parameters, INDArray update, double size) {
      if (!subtracted) {
        whole.step(parameters, update, size);
      }
    }

    @Override
    public void step(INDArray parameters, INDArray update) {
      if (!subtracted) {
        whole.step(parameters, update);
      }
    }

    @Override
    public void step() {
      whole.step();
    }
  }
}
