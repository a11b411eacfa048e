package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Normalization;

/** Networks of {@code [N, H, W, C]} images, as {@code KerasModelImport} makes them, are refused. */
class ChannelsFirstTest {
  @TempDir Path folder;

  private static ComputationGraph network() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("images")
                .setInputTypes(InputType.convolutional(8, 8, 3, CNN2DFormat.NHWC))
                .addLayer(
                    "conv1",
                    new ConvolutionLayer.Builder(3, 3).nOut(4).dataFormat(CNN2DFormat.NHWC).build(),
                    "images")
                .addLayer("head", new OutputLayer.Builder().nOut(2).build(), "conv1")
                .setOutputs("head")
                .build());
    network.init();
    return network;
  }

  @Test
  void zipIsRefusedWithItsLayerAndTheRemedy() throws IOException {
    Path zip = folder.resolve("imported.zip");
    ModelSerializer.writeModel(network(), zip.toFile(), false);
    ImagePipeline pipeline = ImagePipeline.exact(new Shape(3, 8, 8), Normalization.UNIT);
    for (LoadOptions options :
        List.of(LoadOptions.strict().pipeline(pipeline), LoadOptions.of("resnet50_v1"))) {
      assertThatThrownBy(() -> Models.open(zip, options))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              zip
                  + ": expected a network of [N, C, H, W] images but its layer \"conv1\" reads [N, H, W, C]")
          .hasMessageContaining("open the file of Keras itself");
    }
  }
}
