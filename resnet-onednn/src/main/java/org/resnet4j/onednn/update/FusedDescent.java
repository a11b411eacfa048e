package org.resnet4j.onednn.update;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.StepFunction;
import org.deeplearning4j.optimize.solvers.StochasticGradientDescent;
import org.deeplearning4j.optimize.stepfunctions.NegativeGradientStepFunction;
import org.deeplearning4j.optimize.stepfunctions.StepFunctions;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gradient descent whose updater is a {@link FusedUpdater}, which also replaces a stock updater
 * that is set later. Within {@link #optimize} the updater also subtracts the update, unless
 * gradients are shared between workers or the step function is not the usual one.
 */
@SuppressWarnings("serial") // serialisable by inheritance alone
final class FusedDescent extends StochasticGradientDescent {
  private final ComputationGraph graph;
  private final int threads;
  private final boolean usualStep;
  private boolean optimizing;
  private boolean subtracted;

  FusedDescent(ComputationGraph graph, @Nullable INDArray state, int threads) {
    super(graph.conf(), stepOf(graph), graph.getListeners(), graph);
    this.graph = graph;
    this.threads = threads;
    usualStep = stepFunction.getClass() == NegativeGradientStepFunction.class;
    stepFunction = new Rest(stepFunction);
    computationGraphUpdater = new FusedUpdater(graph, state, threads);
  }

  /**
   * Returns the configured step function, or the default of Deeplearning4j's own gradient descent.
   * Deeplearning4j chooses another default for subclasses.
   */
  private static StepFunction stepOf(ComputationGraph graph) {
    StepFunction configured = StepFunctions.createStepFunction(graph.conf().getStepFunction());
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

  @Override
  public @Nullable ComputationGraphUpdater getComputationGraphUpdater(boolean create) {
    if (computationGraphUpdater == null && create) {
      MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
      try (outside) {
        computationGraphUpdater = new FusedUpdater(graph, null, threads);
      }
    }
    return computationGraphUpdater;
  }

  @Override
  public void setUpdaterComputationGraph(@Nullable ComputationGraphUpdater updater) {
    if (updater != null && updater.getClass() == ComputationGraphUpdater.class) {
      computationGraphUpdater = new FusedUpdater(graph, updater.getStateViewArray(), threads);
    } else {
      computationGraphUpdater = updater;
    }
  }

  @Override
  public void updateGradientAccordingToParams(
      Gradient gradient, Model model, int batchSize, LayerWorkspaceMgr workspaces) {
    ComputationGraphUpdater updater = getComputationGraphUpdater(true);
    boolean mayStep = optimizing && subtracts();
    if (mayStep && updater instanceof FusedUpdater fused) {
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
