package org.resnet4j.onednn;

import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Losses of graphs of {@code [N, H, W, C]} images are those of stock Deeplearning4j. */
class ChannelsLastLossTest {
  @Test
  void lossOfFlattenedImagesEqualsStockDeeplearning4j() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(ChannelsLastTest.IMAGE)
                .addLayer("a", ChannelsLastTest.same(5).build(), "in")
                .addLayer("b", ChannelsLastTest.same(4).build(), "a")
                .addLayer(
                    "loss",
                    new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build(),
                    "b")
                .setOutputs("loss")
                .build(),
            1);
    Oracle.training(
        network,
        Oracle.TOLERANCE,
        new DataSet(Samples.images(1, ChannelsLastTest.BATCH), Samples.images(2, 3, 9 * 7 * 4)));
  }

  /** {@code KerasModelImport} makes a dense layer with softmax, and a loss layer after it. */
  @ParameterizedTest
  @EnumSource(
      value = LossFunction.class,
      names = {"MCXENT", "NEGATIVELOGLIKELIHOOD", "MSE", "KL_DIVERGENCE"})
  void lossOfADenseLayerWithSoftmaxEqualsStockDeeplearning4j(LossFunction loss) {
    Layer probabilities =
        new DenseLayer.Builder().nOut(Samples.CLASSES).activation(Activation.SOFTMAX).build();
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(ChannelsLastTest.IMAGE)
                .addLayer("a", ChannelsLastTest.same(16).activation(Activation.RELU).build(), "in")
                .addLayer("norm", ChannelsLastTest.norm(), "a")
                .addLayer("b", ChannelsLastTest.conv(5).build(), "norm")
                .addVertex(
                    "flatten", new PreprocessorVertex(ChannelsLastTest.flatten(7, 5, 5)), "b")
                .addLayer("probabilities", probabilities, "flatten")
                .addLayer(
                    "loss",
                    new LossLayer.Builder(loss).activation(Activation.IDENTITY).build(),
                    "probabilities")
                .setOutputs("loss")
                .build(),
            1);
    Oracle.inference(network, Oracle.TOLERANCE, Samples.images(5, ChannelsLastTest.BATCH));
    Oracle.training(
        network, Oracle.TOLERANCE, Samples.batch(5, Samples.CLASSES, ChannelsLastTest.BATCH));
  }
}
