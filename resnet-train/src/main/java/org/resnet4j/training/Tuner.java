package org.resnet4j.training;

import java.io.IOException;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.train.LogitLoss;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Provenance;
import org.resnet4j.zoo.StageName;
import org.resnet4j.zoo.Transfer;

/**
 * Makes the networks of a run that starts from a model: one whose classifier alone is trained, then
 * one whose other parts are trained too. The second has a fresh updater and continues the schedule.
 *
 * @param loss other than cross-entropy; null for that
 * @param source the model that {@code tuning} describes; null to open it by its name when a run
 *     begins
 */
record Tuner(RunSetup setup, Tuning tuning, @Nullable LogitLoss loss, @Nullable Model source) {
  /** Returns the network of the first epoch. */
  ComputationGraph first(int batches) throws IOException {
    return of(model(), tuning.headEpochs() > 0, tuning.keepsClassifier(), batches);
  }

  /** Returns whether another network is trained from zero-based {@code epoch} on. */
  boolean changesAt(int epoch) {
    return epoch > 0 && epoch == tuning.headEpochs();
  }

  /** Returns the network that is trained after {@code before}. */
  ComputationGraph next(ComputationGraph before, int batches) {
    return after(before, false, batches);
  }

  /**
   * Returns a checkpoint's network, after {@code done} epochs, with the schedule of the setup. Each
   * part keeps its share of the rate.
   */
  ComputationGraph continued(ComputationGraph checkpoint, int done, int batches) {
    ComputationGraph same = after(checkpoint, done <= tuning.headEpochs(), batches);
    INDArray state = checkpoint.getUpdater().getStateViewArray();
    if (state != null) {
      same.getUpdater().setStateViewArray(state);
    }
    return same;
  }

  private ComputationGraph after(ComputationGraph before, boolean headAlone, int batches) {
    Model trained =
        new Model(
            tuning.from(),
            setup.architecture(),
            before,
            setup.pipeline(),
            ClassNames.of(setup.classes()),
            Provenance.NONE);
    Tuner same = new Tuner(setup, tuning, TrainedLoss.of(before), source);
    ComputationGraph next = same.of(trained, headAlone, true, batches);
    next.getConfiguration().setIterationCount(before.getConfiguration().getIterationCount());
    next.getConfiguration().setEpochCount(before.getConfiguration().getEpochCount());
    return next;
  }

  private ComputationGraph of(Model from, boolean headAlone, boolean keepsClassifier, int batches) {
    Recipe recipe = setup.recipe();
    Architecture architecture = setup.architecture();
    Transfer transfer =
        Transfer.of(from)
            .to(architecture)
            .updater(recipe.updater(batches))
            .decay(recipe.parameterDecay())
            .lossWeights(recipe.lossWeights(setup.classes()))
            .loss(loss)
            .seed(setup.seed());
    if (keepsClassifier) {
      transfer.keepClassifier();
    }
    StageName frozen = headAlone ? StageName.stage(architecture, -1) : tuning.frozenThrough();
    if (frozen != null) {
      transfer.freezeThrough(frozen);
    }
    for (Map.Entry<StageName, Double> rate : tuning.rates().entrySet()) {
      if (frozen == null || rate.getKey().compareTo(frozen) > 0) {
        transfer.rate(rate.getKey(), rate.getValue());
      }
    }
    return transfer.network();
  }

  private Model model() throws IOException {
    return source == null ? NamedModel.open(tuning.from(), tuning.fingerprint()) : source;
  }
}
