package org.resnet4j.onednn;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.jspecify.annotations.Nullable;

/** The axes of merge vertices, which Deeplearning4j's clones lose. */
final class MergeAxes {
  private MergeAxes() {}

  /** Returns a clone whose merge vertices keep their axes. */
  static ComputationGraphConfiguration copy(ComputationGraphConfiguration configuration) {
    ComputationGraphConfiguration copy = configuration.clone();
    keep(configuration, copy);
    return copy;
  }

  /** Gives the merge vertices of {@code clone} the axes of those of {@code configuration}. */
  static void keep(
      ComputationGraphConfiguration configuration, ComputationGraphConfiguration clone) {
    configuration
        .getVertices()
        .forEach((name, vertex) -> keep(vertex, clone.getVertices().get(name)));
  }

  private static void keep(GraphVertex vertex, @Nullable GraphVertex clone) {
    if (vertex instanceof FrozenVertex frozen && clone instanceof FrozenVertex other) {
      keep(frozen.getUnderlying(), other.getUnderlying());
    } else if (vertex instanceof MergeVertex merge && clone instanceof MergeVertex other) {
      other.setMergeAxis(merge.getMergeAxis());
    }
  }
}
