package org.resnet4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A graph that computes the gradient of each batch in equal parts, one after the other, which takes
 * the memory of a part's activations. A step of {@code n} parts equals that of PyTorch after {@code
 * n} backward passes of {@code loss/n}: schedule, updater, clipping and listeners of iterations see
 * one step of the whole batch.
 *
 * <pre>{@code
 * ComputationGraph graph = OneDnn.accelerate(AccumulatingGraph.of(network, 4)); // batches of 256: 4 × 64
 * }</pre>
 *
 * <p>The step equals that of the whole batch at once, but for rounding, batch norm and dropout.
 * Batch norm normalises each part by its own statistics, and its running statistics move once a
 * part, as in PyTorch. Listeners of forward and backward passes are called once a part. Batches
 * with masks are refused.
 */
@NullUnmarked // Deeplearning4j's fields may be null
public final class AccumulatingGraph extends ComputationGraph {
  private static final long serialVersionUID = 1L;

  private final transient GradientAccumulation accumulation;

  /** The labels of the next step, which the superclass keeps private. */
  private transient INDArray[] targets = new INDArray[1];

  private AccumulatingGraph(ComputationGraph graph, int parts) {
    super(graph.getConfiguration());
    accumulation = new GradientAccumulation(parts);
    init(graph.params(), false);
    initGradientsView();
    setListeners(new ArrayList<>(graph.getListeners()));
    ComputationGraphUpdater updater = graph.getUpdater(false);
    INDArray state = updater == null ? null : updater.getStateViewArray();
    if (state != null) {
      setUpdater(new ComputationGraphUpdater(this, state.dup()));
    }
  }

  /**
   * Returns a graph that shares the parameters of {@code graph} and continues with a copy of its
   * updater's state.
   *
   * @param parts of a batch, at least 1; the last is smaller if the batch cannot be divided
   */
  public static AccumulatingGraph of(ComputationGraph graph, int parts) {
    return new AccumulatingGraph(graph, parts);
  }

  /** Returns the number of parts in which {@code graph} computes a gradient, 1 unless it is one. */
  public static int partsOf(ComputationGraph graph) {
    return graph instanceof AccumulatingGraph accumulating ? accumulating.accumulation.parts() : 1;
  }

  @Override
  public void computeGradientAndScore() {
    accumulation.run(this, targets, super::computeGradientAndScore);
  }

  @Override
  public void setLabels(INDArray... labels) {
    super.setLabels(labels);
    targets = labels == null ? null : labels.clone();
  }

  @Override
  public void setLabel(int index, INDArray label) {
    super.setLabel(index, label);
    targets = Arrays.copyOf(targets, getNumOutputArrays());
    targets[index] = label;
  }

  @Override
  public ComputationGraph clone() {
    return of(super.clone(), accumulation.parts());
  }
}
