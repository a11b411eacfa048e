package org.resnet4j.onednn.update;

import java.util.Collection;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.Solver;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j's solver with a {@link FusedUpdater} or {@link FusedNetworkUpdater} that also
 * subtracts the update from the parameters. It survives changes of the learning rate.
 *
 * <p>Public for the accelerated networks, which assign it to {@code solver}, the field that {@code
 * fit} and {@code getUpdater} read.
 */
public final class FusedSolver extends Solver {
  private final FusedDescent descent;

  private FusedSolver(FusedDescent descent) {
    this.descent = descent;
  }

  /**
   * Creates a solver for {@code graph}, which must be initialised.
   *
   * @param state updater state to continue with, used in place; null to start without state
   * @param threads at most this many work on one step
   * @return null if the graph is not trained by gradient descent; Deeplearning4j's own solver
   *     trains it
   */
  public static @Nullable FusedSolver of(
      ComputationGraph graph, @Nullable INDArray state, int threads) {
    return of(graph.conf(), () -> new FusedDescent(graph, state, threads));
  }

  /** Creates a solver for {@code network}, as {@link #of(ComputationGraph, INDArray, int)}. */
  public static @Nullable FusedSolver of(
      MultiLayerNetwork network, @Nullable INDArray state, int threads) {
    return of(network.conf(), () -> new FusedDescent(network, state, threads));
  }

  private static @Nullable FusedSolver of(
      NeuralNetConfiguration configuration, Supplier<FusedDescent> descent) {
    OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
    if (algorithm != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      return null;
    }
    MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
    try (outside) {
      return new FusedSolver(descent.get());
    }
  }

  @Override
  public void optimize(LayerWorkspaceMgr workspaces) {
    descent.optimize(workspaces);
  }

  /**
   * Returns true if parameters and the updater's state are finite after the last step; false if
   * they are not, or if Deeplearning4j's own updater made the step.
   */
  public boolean leftAllFinite() {
    return descent.present(false) instanceof SteppingUpdater updater
        && updater.fused().leftAllFinite();
  }

  @Override
  public void initOptimizer() {}

  @Override
  public ConvexOptimizer getOptimizer() {
    return descent;
  }

  @Override
  public void setListeners(@Nullable Collection<TrainingListener> listeners) {
    descent.setListeners(listeners);
  }
}
