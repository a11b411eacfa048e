package org.resnet4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Models written by Deeplearning4j's ModelSerializer are read bit for bit as by it. */
class StockModelTest {
  @TempDir Path folder;

  @Test
  void everyDataTypeIsReadAsByDeeplearning4j() throws IOException {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16}) {
      ComputationGraph network = ModelEntries.network(type);
      if (type != DataType.FLOAT16) {
        network.fit(new DataSet(Nd4j.rand(type, 4, 1, 4, 4), Nd4j.eye(2).repeat(0, 2)));
      }
      for (boolean updater : new boolean[] {true, false}) {
        File file = folder.resolve(type + "-" + updater + ".zip").toFile();
        ModelSerializer.writeModel(network, file, updater);
        ComputationGraph stock = ModelSerializer.restoreComputationGraph(file, updater);
        ComputationGraph ours =
            ModelFile.read(
                file.toPath(), updater ? ModelFile.Updater.KEEP : ModelFile.Updater.DROP);

        assertThat(ours.getConfiguration()).isEqualTo(stock.getConfiguration());
        assertSameBits(ours.params(), stock.params());
        if (updater) {
          assertSameBits(
              ours.getUpdater().getStateViewArray(), stock.getUpdater().getStateViewArray());
        }
        INDArray images = Nd4j.rand(type, 2, 1, 4, 4);
        assertSameBits(ours.outputSingle(images), stock.outputSingle(images));
      }
    }
  }

  @Test
  void aNetworkWithoutParametersIsRead() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "out", new ActivationLayer.Builder().activation(Activation.TANH).build(), "in")
                .setOutputs("out")
                .build());
    network.init();
    File file = folder.resolve("none.zip").toFile();
    ModelSerializer.writeModel(network, file, true);

    ComputationGraph read = ModelFile.read(file.toPath(), ModelFile.Updater.KEEP);
    assertThat(read.outputSingle(Nd4j.ones(1, 3))).isEqualTo(network.outputSingle(Nd4j.ones(1, 3)));
  }

  private static void assertSameBits(INDArray ours, INDArray stock) {
    assertThat(ours.dataType()).isEqualTo(stock.dataType());
    assertThat(ours.shape()).isEqualTo(stock.shape());
    assertThat(ours.dup('c').data().asDouble()).isEqualTo(stock.dup('c').data().asDouble());
  }
}
