package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InvalidInputTypeException;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.model.ModelFile;

/**
 * The channel-scaling vertex in graphs of Deeplearning4j alone; {@code squeezed.txt} compares it
 * with PyTorch.
 */
class ScaleChannelsTest {
  private static final InputType IMAGE = InputType.convolutional(3, 4, 2);

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(DataType.DOUBLE)
        .updater(new Sgd(0.1))
        .activation(Activation.IDENTITY)
        .graphBuilder();
  }

  /** Returns a graph that scales an image by a dense layer of its channel means. */
  private static ComputationGraph withAttention() {
    ComputationGraph network =
        new ComputationGraph(
            graph()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("image", new ConvolutionLayer.Builder(2, 2).nOut(5).build(), "in")
                .addLayer("means", new GlobalPoolingLayer.Builder().build(), "image")
                .addLayer(
                    "attention",
                    new DenseLayer.Builder().nOut(5).activation(Activation.SIGMOID).build(),
                    "means")
                .addVertex("z", new ScaleChannelsVertex(), "image", "attention")
                .addLayer(
                    "head",
                    new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
                    "z")
                .setOutputs("head")
                .build());
    network.init();
    return network;
  }

  private static DataSet batch() {
    return new DataSet(
        Formula.images(3, 2, 3, 4).castTo(DataType.DOUBLE),
        Formula.labels(3, 2).castTo(DataType.DOUBLE));
  }

  @Test
  void everyValueIsMultipliedByTheFactorOfItsImageAndChannel() {
    ComputationGraph network =
        new ComputationGraph(
            graph()
                .addInputs("images", "factors")
                .setInputTypes(IMAGE, InputType.feedForward(2))
                .addVertex("z", new ScaleChannelsVertex(), "images", "factors")
                .setOutputs("z")
                .build());
    network.init();
    INDArray images = Formula.images(3, 2, 3, 4).castTo(DataType.DOUBLE);
    INDArray factors = Formula.images(3, 2).addi(2).castTo(DataType.DOUBLE);

    INDArray scaled = network.output(images, factors)[0];

    for (int n = 0; n < 3; n++) {
      for (int c = 0; c < 2; c++) {
        for (int i = 0; i < 12; i++) {
          assertThat(scaled.getDouble(n, c, i / 4, i % 4))
              .isEqualTo(images.getDouble(n, c, i / 4, i % 4) * factors.getDouble(n, c));
        }
      }
    }
  }

  @Test
  void gradientsOfImagesAndFactorsEqualCentralDifferences() {
    CentralDifferences.check("attention", withAttention(), batch(), Integer.MAX_VALUE);
  }

  @Test
  void vertexRoundTripsThroughJsonZipAndClone(@TempDir Path folder) throws IOException {
    ComputationGraph network = withAttention();
    ComputationGraphConfiguration configuration = network.getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
    assertThat(configuration.clone()).isEqualTo(configuration);
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);
    ComputationGraph restored = ModelFile.read(file, ModelFile.Updater.KEEP);
    ComputationGraph clone = network.clone();
    network.fit(batch());
    restored.fit(batch());
    clone.fit(batch());

    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(clone.params()).isEqualTo(network.params());
  }

  @Test
  void factorsOfAnotherChannelCountAreRefused() {
    assertThatThrownBy(
            () -> new ScaleChannelsVertex().getOutputType(0, IMAGE, InputType.feedForward(3)))
        .isInstanceOf(InvalidInputTypeException.class)
        .hasMessageContaining("expected images [N, C, H, W] and factors [N, C] but the inputs are");
    assertThatThrownBy(() -> new ScaleChannelsVertex().getOutputType(0, IMAGE, IMAGE))
        .isInstanceOf(InvalidInputTypeException.class);
  }
}
