package org.resnet4j.onednn;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A frozen network, ready to run. Thread-safe; {@link #close()} frees its native memory. */
public final class CompiledNetwork implements AutoCloseable {
  CompiledNetwork() {}

  /** The first output for the first input: {@code [N, C, H, W]} in, {@code [N, classes]} out. */
  public INDArray output(INDArray input) {
    return outputs(input)[0];
  }

  /** Every output of the graph, in its order, for its inputs in their order. */
  public INDArray[] outputs(INDArray... inputs) {
    return new INDArray[inputs.length];
  }

  @Override
  public void close() {}
}
