package org.resnet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The copies that ARM64 needs change nothing, and write nothing but the view. */
class GroupedConvolutionCopiesTest {
  private static final int CHANNELS = 6;

  private final GroupedConvolution layer =
      new GroupedConvolution(
          new NeuralNetConfiguration.Builder()
              .layer(
                  new GroupedConvolutionLayer(
                      new ConvolutionLayer.Builder(3, 3).nIn(CHANNELS).nOut(CHANNELS).padding(1, 1),
                      2))
              .build(),
          DataType.FLOAT);

  private final INDArray images = Nd4j.rand(2, CHANNELS, 7, 5);
  private final INDArray weights = Nd4j.rand(3, 3, 3, 3);

  /** Returns an array whose channels 3 to 5 are the convolution of the images' first three. */
  private INDArray output(boolean copies) {
    INDArray out = Nd4j.ones(2, CHANNELS, 7, 5);
    layer.forward(channels(images, 0), weights, channels(out, 3), copies);
    return out;
  }

  private static INDArray channels(INDArray array, int first) {
    return array.get(all(), interval(first, first + 3), all(), all());
  }

  @Test
  void copiesComputeTheSumOfProductsIntoTheView() {
    INDArray out = output(true);

    double sum = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 3; x++) {
          sum += images.getDouble(1, channel, 2 + y, 1 + x) * weights.getDouble(2, channel, y, x);
        }
      }
    }
    assertThat(out.getDouble(1, 5, 3, 2) / sum).isBetween(1 - 1e-6, 1 + 1e-6);
    assertThat(channels(out, 0)).isEqualTo(Nd4j.ones(2, 3, 7, 5));
  }

  @Test
  void copiesComputeWhatViewsDo() {
    assumeThat(System.getProperty("os.arch")).isNotEqualTo("aarch64");

    assertThat(output(true)).isEqualTo(output(false));
  }
}
