package org.resnet4j.train;

import java.util.Arrays;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Computes the gradient of a batch in parts, one after the other, for graphs that can run a part.
 * {@link AccumulatingGraph} says what the result is.
 */
public final class GradientAccumulation {
  private final int parts;
  private @Nullable Sum sum;

  /**
   * Creates an accumulation.
   *
   * @param parts number of parts of a batch, at least 1
   */
  public GradientAccumulation(int parts) {
    if (parts < 1) {
      throw new IllegalArgumentException(
          "gradient accumulation: expected 1 or more parts of a batch but was " + parts);
    }
    this.parts = parts;
  }

  /** Returns the number of parts of a batch. */
  public int parts() {
    return parts;
  }

  /**
   * Computes gradient and score of the inputs of {@code graph}, which are set.
   *
   * @param labels of the same examples
   * @param part computes gradient and score of the inputs and labels that are then set
   */
  public void run(ComputationGraph graph, INDArray[] labels, Runnable part) {
    INDArray[] inputs = graph.getInputs();
    long examples = labels[0].size(0);
    if (parts == 1 || examples == 1) {
      part.run();
      return;
    }
    requireNoMasks(graph);
    Sum sums = sums(graph);
    double score = 0;
    int done = 0;
    long size = (examples + parts - 1) / parts;
    try {
      for (long first = 0; first < examples; first += size) {
        long last = Math.min(examples, first + size);
        graph.setInputs(slices(inputs, first, last));
        graph.setLabels(slices(labels, first, last));
        part.run();
        score += graph.score() * (last - first);
        sums.add(done == 0);
        done++;
      }
    } finally {
      graph.setInputs(inputs);
      graph.setLabels(labels);
    }
    sums.giveBack();
    graph.setScore(score / examples);
  }

  private static void requireNoMasks(ComputationGraph graph) {
    if (isMasked(graph.getInputMaskArrays()) || isMasked(graph.getLabelMaskArrays())) {
      throw new IllegalArgumentException(
          "gradient accumulation: expected batches without masks but there are some; train without accumulation");
    }
  }

  private static boolean isMasked(INDArray @Nullable [] masks) {
    return masks != null && Arrays.stream(masks).anyMatch(mask -> mask != null);
  }

  private static INDArray[] slices(INDArray[] arrays, long first, long last) {
    return Arrays.stream(arrays)
        .map(
            array -> {
              INDArrayIndex[] indices = new INDArrayIndex[array.rank()];
              Arrays.fill(indices, NDArrayIndex.all());
              indices[0] = NDArrayIndex.interval(first, last);
              return array.get(indices);
            })
        .toArray(INDArray[]::new);
  }

  @SuppressWarnings("ReferenceEquality") // compares memory, not values
  private Sum sums(ComputationGraph graph) {
    INDArray gradient = graph.getGradientsViewArray();
    Sum known = sum;
    if (known == null || known.gradient != gradient) {
      MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
      try (outside) {
        known = new Sum(gradient, graph);
      }
      sum = known;
    }
    return known;
  }

  /** The sum of the gradients of parts. */
  private static final class Sum {
    private final INDArray gradient;
    private final INDArray total;
    private final GradientParts parts;

    Sum(INDArray gradient, ComputationGraph graph) {
      this.gradient = gradient;
      total = gradient.dup();
      parts = GradientParts.of(total, graph.getUpdater());
    }

    /**
     * Adds the gradient of a part. Statistics move after every part in PyTorch: with {@code d} for
     * old minus new statistics so far, and {@code u} for a part's update of the old ones, {@code d
     * ← decay·d + u}.
     */
    void add(boolean first) {
      if (first) {
        total.assign(gradient);
      } else {
        parts.statistics().forEach(one -> one.update().muli(one.decay()));
        total.addi(gradient);
      }
    }

    void giveBack() {
      gradient.assign(total);
    }
  }
}
