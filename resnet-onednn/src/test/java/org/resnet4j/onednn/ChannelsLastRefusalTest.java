package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.resnet4j.graph.PadChannelsVertex;

/** Graphs of images of two formats are refused. */
class ChannelsLastRefusalTest {
  @Test
  void layersOfAnotherFormatAreAllRefused() {
    ComputationGraph network =
        Samples.network(
            Samples.chain(InputType.convolutional(9, 7, 4), conv3(4), conv3(4), conv3(4)), 1);
    for (String name : new String[] {"layer1", "layer2"}) {
      ((ConvolutionLayer) network.getLayer(name).conf().getLayer())
          .setCnn2dDataFormat(CNN2DFormat.NHWC);
    }
    assertThatThrownBy(() -> OneDnn.compile(network, CompileOptions.inference()).close())
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageStartingWith("2 vertices are not supported")
        .hasMessageContaining(
            "vertex \"layer1\": the format NHWC in a graph of NCHW images (ConvolutionLayer);"
                + " vertex \"layer2\": the format NHWC");
  }

  private static ConvolutionLayer conv3(int out) {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(out).build();
  }

  @Test
  void vertexThatReadsChannelsFirstIsRefused() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .addLayer("a", ChannelsLastTest.conv(4).nIn(4).build(), "in")
                .addVertex("wider", new PadChannelsVertex(1, 2), "a")
                .addLayer("pool", ChannelsLastTest.wholeImages(), "wider")
                .addLayer("head", ChannelsLastTest.head(7), "pool")
                .setOutputs("head")
                .build(),
            1);
    assertThatThrownBy(() -> OneDnn.compile(network, CompileOptions.inference()).close())
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("vertex \"wider\": PadChannelsVertex of NHWC images");
  }
}
