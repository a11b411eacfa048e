package org.resnet4j.onednn.update;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;

/** An updater of Deeplearning4j that can also subtract the update from the parameters. */
interface SteppingUpdater {
  /** Returns the fused update, which knows how the last step went. */
  FusedUpdate fused();

  /**
   * Updates as Deeplearning4j's {@code update}, and also subtracts the update from the parameters
   * if it can.
   *
   * @return false if the parameters are unchanged
   */
  boolean step(
      Gradient gradient, int iteration, int epoch, int batchSize, LayerWorkspaceMgr workspaces);
}
