package org.resnet4j.onednn.update;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Deeplearning4j's updater of graphs in one pass over the parameters, instead of dozens of small
 * operations per layer. State, its layout and all results are Deeplearning4j's. Results are
 * bit-for-bit equal with the ND4J natives for any x86-64 processor; the avx2 and avx512 natives
 * fuse multiplication and addition, and differ in the last bits.
 *
 * <p>Covers Sgd, Nesterovs, Adam, NoOp, {@link org.resnet4j.train.SgdMomentum} and {@link
 * org.resnet4j.train.AdamW} with L1, L2, weight decay, {@link org.resnet4j.train.LambScaling} and
 * {@link org.resnet4j.train.LarsScaling}, each a constant or a schedule, in single precision. The
 * norms of the last two are summed in double precision, and differ from ND4J's in the last bits. So
 * do the products of {@link org.resnet4j.train.Orthogonalization}, which are oneDNN's.
 * Deeplearning4j's own code updates a network with anything else, such as gradient clipping.
 */
@SuppressWarnings("serial") // serialisable by inheritance alone
final class FusedUpdater extends ComputationGraphUpdater implements SteppingUpdater {
  private final FusedUpdate fused;

  /**
   * Creates an updater of {@code graph}.
   *
   * @param state updater state to continue with, used in place; null to start without state
   * @param threads at most this many work on one step
   */
  FusedUpdater(ComputationGraph graph, @Nullable INDArray state, int threads) {
    super(graph, state);
    fused = new FusedUpdate(threads);
  }

  @Override
  public FusedUpdate fused() {
    return fused;
  }

  @Override
  public synchronized void update(
      Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces) {
    if (!fused.run(target(), gradient, iteration, epoch, batchSize, false)) {
      super.update(gradient, iteration, epoch, batchSize, workspaces);
    }
  }

  @Override
  public synchronized boolean step(
      Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces) {
    boolean subtracted = fused.run(target(), gradient, iteration, epoch, batchSize, true);
    if (!subtracted) {
      super.update(gradient, iteration, epoch, batchSize, workspaces);
    }
    return subtracted;
  }

  private FusedUpdate.Target target() {
    return new FusedUpdate.Target(
        updaterBlocks,
        getParams(),
        getFlattenedGradientsView(),
        updaterStateViewArray,
        isMiniBatch());
  }
}
