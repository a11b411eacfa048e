package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deeplearning4j's updater in one pass over the parameters, instead of dozens of small operations
 * per layer. State, its layout and all results are Deeplearning4j's. Results are bit-for-bit equal
 * with the ND4J natives for any x86-64 processor; the avx2 and avx512 natives fuse multiplication
 * and addition, and differ in the last bits.
 *
 * <p>Covers Sgd, Nesterovs, Adam, NoOp and {@link org.resnet4j.train.SgdMomentum} with L1, L2 and
 * weight decay, each a constant or a schedule, in single precision. Deeplearning4j's own code
 * updates a network with anything else, such as gradient clipping.
 *
 * <p>Public for the accelerated network, which uses it through {@link FusedSolver}.
 */
@SuppressWarnings("serial") // serialisable by inheritance alone
public final class FusedUpdater extends ComputationGraphUpdater {
  private static final Logger LOG = LoggerFactory.getLogger(FusedUpdater.class);

  private final int threads;
  private boolean refused;
  private boolean leftAllFinite;

  /**
   * Creates an updater of {@code graph}.
   *
   * @param state updater state to continue with, used in place; null to start without state
   * @param threads at most this many work on one step
   */
  public FusedUpdater(ComputationGraph graph, @Nullable INDArray state, int threads) {
    super(graph, state);
    this.threads = threads;
  }

  /** Returns whether Deeplearning4j's own code made at least one step. */
  boolean refused() {
    return refused;
  }

  @Override
  public synchronized void update(
      Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces) {
    Pass pass = pass(gradient, iteration, epoch, isMiniBatch() ? batchSize : 1, false);
    leftAllFinite = false;
    if (pass == null) {
      super.update(gradient, iteration, epoch, batchSize, workspaces);
    } else {
      pass.run(threads);
    }
  }

  /** Returns true if the last {@link #step} left parameters and state finite. */
  boolean leftAllFinite() {
    return leftAllFinite;
  }

  /**
   * Updates as {@link #update}, and also subtracts the update from the parameters if it can.
   *
   * @return false if the parameters are unchanged
   */
  synchronized boolean step(
      Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces) {
    Pass pass = pass(gradient, iteration, epoch, isMiniBatch() ? batchSize : 1, true);
    if (pass == null) {
      leftAllFinite = false;
      super.update(gradient, iteration, epoch, batchSize, workspaces);
      return false;
    }
    leftAllFinite = pass.run(threads);
    return true;
  }

  private @Nullable Pass pass(
      Gradient gradient, int iteration, int epoch, float divisor, boolean step) {
    INDArray sums = getFlattenedGradientsView();
    if (!FlatArray.same(gradient.gradient(), sums)) {
      return null; // the gradient of another network
    }
    List<Segment> segments = Segments.of(updaterBlocks, iteration, epoch);
    FloatBuffer state = updaterStateViewArray == null ? null : FlatArray.of(updaterStateViewArray);
    FloatBuffer values = FlatArray.of(getParams());
    FloatBuffer slopes = FlatArray.of(sums);
    boolean lacksState = updaterStateViewArray != null && state == null;
    if (segments == null || values == null || slopes == null || lacksState) {
      if (!refused) {
        refused = true;
        LOG.info("Deeplearning4j's own updater is used: this configuration has no fused one.");
      }
      return null;
    }
    return new Pass(values, slopes, state, segments, divisor, step);
  }
}
