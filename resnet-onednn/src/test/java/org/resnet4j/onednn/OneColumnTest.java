package org.resnet4j.onednn;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Convolutions of one channel whose outputs are one pixel wide equal stock Deeplearning4j's in
 * double precision. With a stride, oneDNN 3.11's {@code brg_conv_fwd} for AVX-512 reads pixels
 * beyond the image.
 */
class OneColumnTest {
  @ParameterizedTest
  @CsvSource({"1, 5, 2, 2", "3, 5, 2, 1", "2, 3, 3, 1", "4, 3, 3, 0", "7, 6, 2, 0"})
  void stridedConvolutionsOfOneChannelEqualStockDeeplearning4j(
      int width, int kernel, int stride, int padding) {
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                InputType.convolutional(9, width, 1),
                new ConvolutionLayer.Builder(3, kernel)
                    .stride(1, stride)
                    .padding(1, padding)
                    .convolutionMode(ConvolutionMode.Truncate)
                    .nOut(5)
                    .build(),
                new GlobalPoolingLayer(PoolingType.AVG)),
            3);
    DataSet batch = Samples.batch(4, Samples.CLASSES, 4, 1, 9, width);
    Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }
}
