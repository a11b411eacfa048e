package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Checks that the network of a file reads images {@code [N, C, H, W]}, as pipelines make them. */
final class ChannelsFirst {
  private ChannelsFirst() {}

  /**
   * Returns {@code network}.
   *
   * @throws IOException when it has a convolution of {@code [N, H, W, C]}
   */
  static ComputationGraph require(ComputationGraph network, Path file) throws IOException {
    for (Layer layer : network.getLayers()) {
      if (layer.conf().getLayer() instanceof ConvolutionLayer convolution
          && convolution.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
        throw new IOException(
            "%s: expected a network of [N, C, H, W] images but its layer \"%s\" reads [N, H, W, C], as networks that KerasModelImport made do; open the file of Keras itself (LoadOptions.of(\"resnet50_v1\")), or run the network by OneDnn.compile"
                .formatted(file, convolution.getLayerName()));
      }
    }
    return network;
  }
}
