package org.resnet4j.train;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parts of a network's flat gradient, as views.
 *
 * @param gradients those that are gradients of the loss
 * @param statistics updates of batch-norm statistics, which Deeplearning4j treats as gradients
 */
record GradientParts(List<INDArray> gradients, List<Statistic> statistics) {
  /**
   * An update of statistics.
   *
   * @param decay share of the statistics that the update keeps
   */
  record Statistic(INDArray update, double decay) {}

  /** Returns the parts of {@code gradient}, which has the layout of the updater's network. */
  static GradientParts of(INDArray gradient, BaseMultiLayerUpdater<?> updater) {
    INDArray flat = gradient.reshape(gradient.length());
    GradientParts parts = new GradientParts(new ArrayList<>(), new ArrayList<>());
    int start = 0;
    int end = 0;
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      for (UpdaterBlock.ParamState part : block.getLayersAndVariablesInBlock()) {
        if (part.getLayer().updaterDivideByMinibatch(part.getParamName())) {
          start = end == part.getParamOffsetStart() ? start : part.getParamOffsetStart();
          end = part.getParamOffsetEnd();
          continue;
        }
        parts.add(flat, start, end);
        start = part.getParamOffsetEnd();
        end = start;
        parts.add(flat, part);
      }
    }
    parts.add(flat, start, end);
    return parts;
  }

  private void add(INDArray flat, int start, int end) {
    if (end > start) {
      gradients.add(flat.get(NDArrayIndex.interval(start, end)));
    }
  }

  private void add(INDArray flat, UpdaterBlock.ParamState part) {
    if (part.getLayer().getConfig() instanceof BatchNormalization norm) {
      statistics.add(
          new Statistic(
              flat.get(NDArrayIndex.interval(part.getParamOffsetStart(), part.getParamOffsetEnd())),
              norm.getDecay()));
    }
  }
}
