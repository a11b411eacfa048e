package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Graphs with several inputs and outputs, and inputs of any memory order, have the outputs, loss
 * and gradients of stock Deeplearning4j.
 */
class GraphInputsTest {
  private static final InputType VECTOR = InputType.feedForward(6);

  private static ComputationGraph twoInTwoOut() {
    return Samples.network(
        Samples.graph()
            .addInputs("images", "facts")
            .setInputTypes(GraphParityTest.IMAGE, VECTOR)
            .addLayer("a", GraphParityTest.conv(6), "images")
            .addLayer("g", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "a")
            .addLayer("d", new DenseLayer.Builder().nOut(5).build(), "facts")
            .addVertex("m", new MergeVertex(), "g", "d")
            .addLayer("r", GraphParityTest.tanh(), "m")
            .addLayer("kind", Samples.head(), "r")
            .addLayer("size", LossParityTest.output(LossFunction.MSE, Activation.IDENTITY), "g")
            .setOutputs("kind", "size")
            .build(),
        5);
  }

  private static MultiDataSet twoAndTwo() {
    return new MultiDataSet(
        new INDArray[] {GraphParityTest.images(4), Samples.images(6, 4, 6)},
        new INDArray[] {
          Samples.labels(7, 4, Samples.CLASSES), Samples.images(8, 4, Samples.CLASSES)
        });
  }

  @Test
  void severalInputsAndOutputsEqualStockDeeplearning4j() {
    MultiDataSet batch = twoAndTwo();
    Oracle.inference(twoInTwoOut(), Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(twoInTwoOut(), Oracle.TOLERANCE, batch);
  }

  @Test
  void oneOfTwoOutputsMayHaveALabelMask() {
    MultiDataSet batch = twoAndTwo();
    INDArray mask = Nd4j.createFromArray(new float[][] {{1}, {0}, {0}, {1}});
    INDArray[] masks = {Nd4j.ones(4, 1), mask};
    Oracle.training(
        twoInTwoOut(),
        Oracle.TOLERANCE,
        new MultiDataSet(batch.getFeatures(), batch.getLabels(), null, masks));
  }

  @Test
  void fitOfAMultiDataSetTrainsBothOutputs() {
    MultiDataSet batch = twoAndTwo();
    ComputationGraph stock = twoInTwoOut();
    ComputationGraph fast = OneDnn.accelerate(twoInTwoOut());
    for (int step = 0; step < 3; step++) {
      stock.fit(batch);
      fast.fit(batch);
    }
    Oracle.close("parameters", stock.params(), fast.params(), Oracle.TOLERANCE);
    assertThat(fast.score()).isCloseTo(stock.score(), org.assertj.core.data.Offset.offset(1e-4));
  }

  @Test
  void oneVertexMayFeedTwoOutputs() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(GraphParityTest.IMAGE)
                .addLayer("a", GraphParityTest.conv(6), "in")
                .addLayer("b", GraphParityTest.relu(), "a")
                .addLayer("one", Samples.head(), "b")
                .addLayer("two", LossParityTest.output(LossFunction.MSE, Activation.TANH), "b")
                .setOutputs("one", "two")
                .build(),
            6);
    MultiDataSet batch =
        new MultiDataSet(
            new INDArray[] {GraphParityTest.images(4)},
            new INDArray[] {
              Samples.labels(7, 4, Samples.CLASSES), Samples.images(8, 4, Samples.CLASSES)
            });
    Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }

  @Test
  void vectorsMayBeReshapedToImagesWithinTheGraph() {
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(VECTOR)
                .addLayer("a", new DenseLayer.Builder().nOut(60).build(), "in")
                .addLayer(
                    "b", GraphParityTest.conv(3), new FeedForwardToCnnPreProcessor(5, 4, 3), "a")
                .addLayer("c", GraphParityTest.relu(), "b")
                .addLayer("head", Samples.head(), "c")
                .setOutputs("head")
                .build(),
            6);
    DataSet batch = Samples.batch(9, Samples.CLASSES, 4, 6);
    Oracle.inference(network, Oracle.TOLERANCE, batch.getFeatures());
    Oracle.training(network, Oracle.TOLERANCE, batch);
  }

  @Test
  void inputsMayBeViewsOrHaveAnotherMemoryOrder() {
    ComputationGraph network = GraphParityTest.cases().toList().get(0).network();
    INDArray images = GraphParityTest.images(4);
    INDArray expected = Oracle.exact(network).output(Oracle.doubles(images))[0];
    INDArray padded = Samples.images(1, 6, 5, 7, 6);
    INDArray view =
        padded.get(
            org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 5),
            org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 5),
            org.nd4j.linalg.indexing.NDArrayIndex.all(),
            org.nd4j.linalg.indexing.NDArrayIndex.all());
    view.assign(images);
    INDArray channelsLast = images.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2);
    List<INDArray> same =
        List.of(images, view, images.dup('f'), channelsLast, Oracle.doubles(images)[0]);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      for (INDArray input : same) {
        Oracle.close("head", expected, compiled.output(input), Oracle.TOLERANCE);
      }
    }
    ComputationGraph fast = OneDnn.accelerate(network);
    INDArray labels = Samples.labels(3, 4, Samples.CLASSES);
    for (INDArray input : same) {
      if (input.dataType() == images.dataType()) {
        Oracle.training(
            network,
            fast,
            Oracle.TOLERANCE,
            new MultiDataSet(new INDArray[] {input}, new INDArray[] {labels}));
      }
    }
  }
}
