package org.resnet4j.onednn.update;

import java.nio.FloatBuffer;
import java.util.List;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work that the fused updaters of graphs and of {@code MultiLayerNetwork}s share. */
final class FusedUpdate {
  private static final Logger LOG = LoggerFactory.getLogger(FusedUpdate.class);

  private final int threads;
  private boolean refused;
  private boolean leftAllFinite;

  /** Creates the work of one updater; at most {@code threads} threads do it. */
  FusedUpdate(int threads) {
    this.threads = threads;
  }

  /**
   * The blocks and arrays of an updater of Deeplearning4j.
   *
   * @param minibatch whether gradients are divided by the size of the batch
   */
  record Target(
      List<UpdaterBlock> blocks,
      INDArray parameters,
      INDArray gradients,
      @Nullable INDArray state,
      boolean minibatch) {}

  /** Returns whether Deeplearning4j's own code made at least one step. */
  boolean refused() {
    return refused;
  }

  /** Returns true if the last update was subtracted and left parameters and state finite. */
  boolean leftAllFinite() {
    return leftAllFinite;
  }

  /**
   * Turns {@code gradient} into the update of a step.
   *
   * @param subtract also subtracts the update from the parameters
   * @return false if nothing was changed: Deeplearning4j's own code has to make the update
   */
  boolean run(
      Target target, Gradient gradient, int iteration, int epoch, int batchSize, boolean subtract) {
    leftAllFinite = false;
    if (!FlatArray.same(gradient.gradient(), target.gradients)) {
      return false; // the gradient of another network
    }
    Pass pass = pass(target, iteration, epoch, batchSize, subtract);
    if (pass == null) {
      if (!refused) {
        refused = true;
        LOG.info("Deeplearning4j's own updater is used: this configuration has no fused one.");
      }
      return false;
    }
    boolean finite = pass.run(threads);
    leftAllFinite = subtract && finite;
    return true;
  }

  private static @Nullable Pass pass(
      Target target, int iteration, int epoch, int batchSize, boolean subtract) {
    List<Segment> segments = Segments.of(target.blocks, iteration, epoch);
    FloatBuffer state = target.state == null ? null : FlatArray.of(target.state);
    FloatBuffer values = FlatArray.of(target.parameters);
    FloatBuffer slopes = FlatArray.of(target.gradients);
    boolean lacksState = target.state != null && state == null;
    if (segments == null || values == null || slopes == null || lacksState) {
      return null;
    }
    return new Pass(values, slopes, state, segments, target.minibatch ? batchSize : 1, subtract);
  }
}
