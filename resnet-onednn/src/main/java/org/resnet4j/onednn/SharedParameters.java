package org.resnet4j.onednn;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.exec.Memory;

/** Parameters that a compiled network shares with its graph, which must not change them. */
final class SharedParameters {
  private final INDArray values;
  private final int checksum;

  private SharedParameters(INDArray values) {
    this.values = values;
    checksum = Memory.checksum(values);
  }

  static SharedParameters of(ComputationGraph graph) {
    return new SharedParameters(graph.params());
  }

  /**
   * Refuses parameters that are no longer those of the compilation.
   *
   * @throws IllegalStateException when they were changed or closed
   */
  void requireUnchanged() {
    Programs.requireOpen("the graph's parameters", values);
    if (Memory.checksum(values) != checksum) {
      throw new IllegalStateException(
          "expected the parameters with which this network was compiled but they have changed,"
              + " for instance by training; compile the graph again, or without"
              + " CompileOptions.sharingParameters()");
    }
  }
}
