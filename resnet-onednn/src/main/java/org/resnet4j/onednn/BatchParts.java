package org.resnet4j.onednn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.onednn.lower.GraphReader;

/**
 * The parts in which a batch is computed. Their sizes are powers of two, so that batches of any
 * size need few programs and no image is computed in vain.
 */
final class BatchParts {
  /** The memory for one layer's output: about the L2 caches of two cores. */
  private static final long CACHED_BYTES = 2 << 20;

  /** The fewest images in a part; smaller parts cost more than the cache saves. */
  private static final long FEWEST = 16;

  /** The most images in a part whose layers exceed the cache; larger parts cost only memory. */
  private static final long LARGE = 32;

  private final ComputationGraph graph;
  private final int bytesPerNumber;
  private final Map<List<List<Long>>, Long> most = new HashMap<>();

  BatchParts(ComputationGraph graph, int bytesPerNumber) {
    this.graph = graph;
    this.bytesPerNumber = bytesPerNumber;
  }

  /** Returns the number of images in the next part: the largest power of two in both numbers. */
  static long next(long left, long most) {
    return Long.highestOneBit(Math.min(left, most));
  }

  /** Returns views of {@code count} images, the first of which is {@code from}. */
  static INDArray[] rows(long from, long count, INDArray... arrays) {
    INDArrayIndex rows = NDArrayIndex.interval(from, from + count);
    return Arrays.stream(arrays).map(array -> array.get(rows)).toArray(INDArray[]::new);
  }

  /**
   * Returns the most images that are computed together, so that the output of a layer stays in the
   * cache. If that would be fewer than {@link #FEWEST}, it is {@link #LARGE}.
   */
  long most(INDArray... inputs) {
    List<long[]> one =
        Arrays.stream(inputs)
            .map(
                input -> {
                  long[] shape = input.shape().clone();
                  shape[0] = 1;
                  return shape;
                })
            .toList();
    return most.computeIfAbsent(
        Programs.key(one),
        missing -> {
          long fit = CACHED_BYTES / (largestValue(one) * bytesPerNumber);
          return fit < FEWEST ? LARGE : fit;
        });
  }

  private long largestValue(List<long[]> shapes) {
    try {
      return GraphReader.inference(graph, shapes).ops().stream()
          .mapToLong(op -> op.output().elements())
          .max()
          .orElse(1);
    } catch (UnsupportedGraphException e) {
      return Long.MAX_VALUE / Float.BYTES; // compiling it throws or falls back
    }
  }
}
