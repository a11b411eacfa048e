package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Teaching;
import org.resnet4j.run.Tuning;
import org.resnet4j.train.LogitLoss;
import org.resnet4j.train.WeightAverage;
import org.resnet4j.zoo.Model;

/**
 * Makes the networks of a run.
 *
 * @param source model that a run with a {@link Tuning} starts from; null to open it by its name
 * @param stem first convolution of a recipe that whitens; null for another recipe
 */
record RunNetworks(RunSetup setup, @Nullable Model source, @Nullable WhitenedStem stem) {
  /** Returns what makes the networks of a run that starts from a model; null for others. */
  @Nullable Tuner tuner() {
    Tuning tuning = setup.tuning();
    return tuning == null ? null : new Tuner(setup, tuning, loss(), source);
  }

  private @Nullable LogitLoss loss() {
    Teaching teaching = setup.teaching();
    return teaching == null ? setup.recipe().logitLoss() : teaching.loss();
  }

  /** Returns the network of the first epoch, for {@code batches} steps an epoch. */
  ComputationGraph first(int batches) throws IOException {
    Tuner tuner = tuner();
    if (tuner != null) {
      return tuner.first(batches);
    }
    Recipe recipe = setup.recipe();
    ResNetGraph graph =
        ResNetGraph.of(setup.architecture())
            .seed(setup.seed())
            .updater(recipe.updater(batches))
            .decay(recipe.parameterDecay())
            .lossWeights(recipe.lossWeights(setup.classes()))
            .loss(loss());
    return stem == null ? graph.network() : stem.network(setup.architecture(), graph);
  }

  /**
   * Returns the network of a checkpoint, with the schedule of this setup.
   *
   * @param average that continues with that of the checkpoint; null for none
   */
  ComputationGraph continued(Path checkpoint, @Nullable WeightAverage average, int batches)
      throws IOException {
    ComputationGraph graph = Checkpoint.trained(checkpoint, average);
    RunRecord before = Checkpoint.record(checkpoint);
    if (before.setup().recipe().epochs() == setup.recipe().epochs()) {
      return graph;
    }
    Tuner tuner = tuner();
    if (tuner != null) {
      return tuner.continued(graph, before.epochs().size(), batches);
    }
    graph.setLearningRate(setup.recipe().rates(batches));
    return graph;
  }
}
