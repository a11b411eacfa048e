package org.resnet4j.onednn;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Gradients of strided 1×1 convolutions equal stock Deeplearning4j's in double precision. With two
 * threads, oneDNN 3.11's {@code jit_1x1:avx2} gives wrong ones for channels that do not fill
 * blocks.
 *
 * <p>The build runs this test a second time with two threads.
 */
class StridedGradientTest {
  @ParameterizedTest
  @CsvSource({"3, 6", "6, 8", "12, 16", "16, 20", "16, 24"})
  void gradientsOfStrided1x1ConvolutionsEqualStockDeeplearning4j(int channels, int outputs) {
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                InputType.convolutional(12, 12, channels),
                new ConvolutionLayer.Builder(1, 1).nOut(channels).build(),
                new ConvolutionLayer.Builder(1, 1).stride(2, 2).nOut(outputs).build(),
                new GlobalPoolingLayer(PoolingType.AVG)),
            3);
    DataSet batch = Samples.batch(4, Samples.CLASSES, 4, channels, 12, 12);
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }
}
