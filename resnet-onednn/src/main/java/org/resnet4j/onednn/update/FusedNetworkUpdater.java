package org.resnet4j.onednn.update;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The {@link FusedUpdater} of a {@code MultiLayerNetwork}, whose updaters Deeplearning4j requires
 * to be {@code MultiLayerUpdater}s.
 */
@SuppressWarnings("serial") // serialisable by inheritance alone
final class FusedNetworkUpdater extends MultiLayerUpdater implements SteppingUpdater {
  private final FusedUpdate fused;

  /**
   * Creates an updater of {@code network}.
   *
   * @param state updater state to continue with, used in place; null to start without state
   * @param threads at most this many work on one step
   */
  FusedNetworkUpdater(MultiLayerNetwork network, @Nullable INDArray state, int threads) {
    super(network, state);
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
