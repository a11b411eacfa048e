package org.resnet4j.training;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.train.WeightAverage;

/**
 * A network in training.
 *
 * @param average of its parameters, which the model of the run has; null if they are not averaged
 */
record TrainedNetwork(ComputationGraph graph, @Nullable WeightAverage average) {
  /** Does {@code work} while the network has the parameters that the model of the run has. */
  <T, E extends Exception> T asKept(WeightAverage.Work<T, E> work) throws E {
    return average == null ? work.of(graph) : average.with(graph, work);
  }
}
