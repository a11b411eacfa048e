package org.resnet4j.onednn.update;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/** Divides the parameters into segments, from the configuration at one step. */
final class Segments {
  private final int iteration;
  private final int epoch;
  private final List<Segment> found = new ArrayList<>();

  private Segments(int iteration, int epoch) {
    this.iteration = iteration;
    this.epoch = epoch;
  }

  /** Returns the segments in the order of the parameters; null if something has no fused form. */
  static @Nullable List<Segment> of(List<UpdaterBlock> blocks, int iteration, int epoch) {
    Segments segments = new Segments(iteration, epoch);
    for (UpdaterBlock block : blocks) {
      if (block.isPretrainUpdaterBlock() || !segments.add(block)) {
        return null;
      }
    }
    return segments.found;
  }

  private boolean add(UpdaterBlock block) {
    IUpdater updater = block.getGradientUpdater().getConfig();
    Rule rule = Rule.of(updater, iteration, epoch);
    if (rule == null) {
      return false;
    }
    double rate = updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : 1;
    for (UpdaterBlock.ParamState part : block.getLayersAndVariablesInBlock()) {
      Segment segment = segment(block, part, rule, rate);
      if (segment == null) {
        return false;
      }
      append(segment);
    }
    return true;
  }

  private @Nullable Segment segment(
      UpdaterBlock block, UpdaterBlock.ParamState part, Rule rule, double rate) {
    Trainable layer = part.getLayer();
    GradientNormalization clipping = layer.getConfig().getGradientNormalization();
    if (clipping != null && clipping != GradientNormalization.None) {
      return null;
    }
    List<Regularization> all = layer.getConfig().getRegularizationByParam(part.getParamName());
    Scaling scaling = Scaling.of(all, rate);
    List<Regularization> others = scaling == null ? all : all.subList(1, all.size());
    List<Penalty> before = Penalty.of(others, ApplyStep.BEFORE_UPDATER, rate, iteration, epoch);
    List<Penalty> after = Penalty.of(others, ApplyStep.POST_UPDATER, rate, iteration, epoch);
    if (before == null || after == null) {
      return null;
    }
    int start = part.getParamOffsetStart();
    return new Segment(
        start,
        part.getParamOffsetEnd() - start,
        layer.updaterDivideByMinibatch(part.getParamName()),
        before,
        rule,
        after,
        scaling == null || scaling.isOff() ? null : scaling,
        block.getUpdaterViewOffsetStart() + start - block.getParamOffsetStart(),
        block.getParamOffsetEnd() - block.getParamOffsetStart());
  }

  private void append(Segment segment) {
    int last = found.size() - 1;
    if (last >= 0 && found.get(last).takes(segment)) {
      found.set(last, found.get(last).with(segment));
    } else {
      found.add(segment);
    }
  }
}
