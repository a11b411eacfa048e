package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
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
  @CsvSource({
    "1, 5, 2, 2, 5",
    "1, 5, 2, 2, 1",
    "3, 5, 2, 1, 5",
    "2, 3, 3, 1, 5",
    "4, 3, 3, 0, 1",
    "7, 6, 2, 0, 5"
  })
  void stridedConvolutionsOfOneChannelEqualStockDeeplearning4j(
      int width, int kernel, int stride, int padding, int outputs) {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, kernel)
            .stride(1, stride)
            .padding(1, padding)
            .convolutionMode(ConvolutionMode.Truncate)
            .nOut(outputs)
            .build();
    ConvolutionLayer stem = new ConvolutionLayer.Builder(1, 1).nOut(1).build();
    for (List<ConvolutionLayer> layers : List.of(List.of(conv), List.of(stem, conv))) {
      List<Layer> chain = new ArrayList<>(layers);
      chain.add(new GlobalPoolingLayer(PoolingType.AVG));
      ComputationGraph network =
          Samples.network(
              Samples.chain(InputType.convolutional(16, width, 1), chain.toArray(new Layer[0])), 3);
      DataSet batch = Samples.batch(4, Samples.CLASSES, 4, 1, 16, width);
      Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
      Oracle.training(network, Oracle.TOLERANCE, batch);
    }
  }
}
