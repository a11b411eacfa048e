package org.resnet4j.train;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The exponential moving average of a network's parameters and batch-norm statistics during
 * training, as torchvision's {@code ExponentialMovingAverage}, which averages buffers too. The
 * first update copies the parameters; each later one is {@code average ← decay·average + (1 −
 * decay)·parameter}.
 *
 * <pre>{@code
 * WeightAverage average = new WeightAverage(0.999, 32);
 * graph.addListeners(average);
 * graph.fit(batches);
 * Evaluation better = average.with(graph, averaged -> averaged.evaluate(test));
 * }</pre>
 *
 * <p>Deeplearning4j's iterations are counted from the first of the whole training; torchvision
 * counts them from the first of each epoch. A listener is not saved with a network: with the
 * average kept beside a checkpoint, {@link #continueFrom} continues bit for bit.
 */
public final class WeightAverage extends BaseTrainingListener {
  /**
   * Work on a network.
   *
   * @param <T> type of its result
   * @param <E> type of its failures
   */
  public interface Work<T, E extends Exception> {
    T of(ComputationGraph graph) throws E;
  }

  private final double decay;
  private final int every;
  private final int copiedUntil;
  private @Nullable INDArray average;
  private boolean copiesNext = true;

  /** Creates an average that is updated after iteration 0 and every {@code every} iterations. */
  public WeightAverage(double decay, int every) {
    this(decay, every, 0);
  }

  /**
   * Creates an average.
   *
   * @param decay share of the average that an update keeps, in [0, 1)
   * @param every iterations between updates, at least 1
   * @param copiedUntil zero-based iteration before which updates copy the parameters, as
   *     torchvision does while the learning rate warms up
   */
  public WeightAverage(double decay, int every, int copiedUntil) {
    this.decay = ScheduledUpdater.requireShare("decay of averaged weights", decay);
    if (every < 1 || copiedUntil < 0) {
      throw new IllegalArgumentException(
          "averaged weights: expected an update every 1 or more iterations and copies until iteration 0 or later but was %s and %s"
              .formatted(every, copiedUntil));
    }
    this.every = every;
    this.copiedUntil = copiedUntil;
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    if (iteration % every == 0) {
      update(model.params());
      copiesNext = iteration < copiedUntil;
    }
  }

  private void update(INDArray parameters) {
    INDArray flat = parameters.reshape(parameters.length());
    INDArray before = average;
    if (before == null) {
      average = flat.dup();
    } else if (copiesNext) {
      requireLength(flat.length()).assign(flat);
    } else {
      INDArray mean = requireLength(flat.length());
      mean.muli(decay);
      Nd4j.exec(new Axpy(flat, mean, mean, 1 - decay)); // mean = (1 − decay)·flat + mean
    }
  }

  /**
   * Returns the result of {@code work} on {@code graph} with the averaged parameters, which then
   * gets its own back. The graph must not be trained meanwhile.
   *
   * @throws IllegalStateException before the first update
   */
  public <T, E extends Exception> T with(ComputationGraph graph, Work<T, E> work) throws E {
    INDArray parameters = graph.params();
    INDArray own = parameters.dup();
    INDArray mean = requireLength(parameters.length());
    parameters.assign(mean.reshape(parameters.shape()));
    try {
      return work.of(graph);
    } finally {
      parameters.assign(own);
    }
  }

  /**
   * Returns a copy of {@code graph} with the averaged parameters, which the training that goes on
   * does not change.
   *
   * @throws IllegalStateException before the first update
   */
  public ComputationGraph copyOf(ComputationGraph graph) {
    return with(graph, ComputationGraph::clone);
  }

  /**
   * Continues an average after the last of {@code iterations} of the training so far.
   *
   * @param values average of the parameters then
   */
  public void continueFrom(INDArray values, int iterations) {
    average = values.reshape(values.length()).dup();
    copiesNext = (iterations - 1) / every * every < copiedUntil;
  }

  private INDArray require() {
    if (average == null) {
      throw new IllegalStateException(
          "averaged weights: expected at least one iteration of training before their use");
    }
    return average;
  }

  private INDArray requireLength(long parameters) {
    INDArray mean = require();
    if (mean.length() != parameters) {
      throw new IllegalStateException(
          "averaged weights: expected a network of %s parameters but it has %s"
              .formatted(mean.length(), parameters));
    }
    return mean;
  }
}
