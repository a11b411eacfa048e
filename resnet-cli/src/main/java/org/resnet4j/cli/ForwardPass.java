package org.resnet4j.cli;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.Precision;
import org.resnet4j.train.Accelerated;

/** The inference of a network on any engine. */
interface ForwardPass extends AutoCloseable {
  /**
   * Returns the network's first output.
   *
   * @throws ArithmeticException when a number in it is NaN or infinite
   */
  INDArray output(INDArray images);

  /** Returns the name of the engine that computed the last output. */
  String engine();

  Precision precision();

  @Override
  void close();

  static ForwardPass stock(ComputationGraph graph) {
    return new ForwardPass() {
      @Override
      public INDArray output(INDArray images) {
        return NonFinite.requireFinite(graph.outputSingle(images));
      }

      @Override
      public String engine() {
        return Accelerated.engine(graph);
      }

      @Override
      public Precision precision() {
        return Precision.FP32;
      }

      @Override
      public void close() {
        // Its memory is freed by the garbage collector.
      }
    };
  }

  static ForwardPass compiled(CompiledNetwork network) {
    return new ForwardPass() {
      @Override
      public INDArray output(INDArray images) {
        return NonFinite.requireFinite(network.output(images));
      }

      @Override
      public String engine() {
        return network.engine();
      }

      @Override
      public Precision precision() {
        return network.precision();
      }

      @Override
      public void close() {
        network.close();
      }
    };
  }
}
