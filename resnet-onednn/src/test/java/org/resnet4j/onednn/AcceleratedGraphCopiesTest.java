package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Saved, cloned and changed copies of an accelerated graph train as those of stock Deeplearning4j.
 */
class AcceleratedGraphCopiesTest {
  @Test
  void earlyStoppingStopsAtTheSameEpochAsStockDeeplearning4j() {
    EarlyStoppingResult<ComputationGraph> stock =
        stopped(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    EarlyStoppingResult<ComputationGraph> fast =
        stopped(OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum())));
    assertThat(fast.getBestModelEpoch()).isEqualTo(stock.getBestModelEpoch());
    assertThat(fast.getBestModelScore()).isCloseTo(stock.getBestModelScore(), within(1e-3));
    Oracle.close(
        "best model",
        stock.getBestModel().params(),
        fast.getBestModel().params(),
        new Oracle.Tolerance(1e-3, 0));
  }

  private static EarlyStoppingResult<ComputationGraph> stopped(ComputationGraph network) {
    DataSetIterator validation =
        new ListDataSetIterator<>(
            Samples.batch(9, Samples.CLASSES, AcceleratedGraphTest.SHAPE).asList(), 8);
    EarlyStoppingConfiguration<ComputationGraph> configuration =
        new EarlyStoppingConfiguration.Builder<ComputationGraph>()
            .modelSaver(new InMemoryModelSaver<>())
            .scoreCalculator(new DataSetLossCalculator(validation, true))
            .epochTerminationConditions(new MaxEpochsTerminationCondition(4))
            .build();
    DataSetIterator training = new ListDataSetIterator<>(AcceleratedGraphTest.batches(3), 1);
    return new EarlyStoppingGraphTrainer(configuration, network, training).fit();
  }

  @Test
  void savedModelContinuesTrainingInStockDeeplearning4j(@TempDir Path directory) throws Exception {
    File file = directory.resolve("model.zip").toFile();
    ComputationGraph stock = AcceleratedGraphTest.network(AcceleratedGraphTest.momentum());
    ComputationGraph fast =
        OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    AcceleratedGraphTest.fit(stock, AcceleratedGraphTest.batches(3));
    AcceleratedGraphTest.fit(fast, AcceleratedGraphTest.batches(3));
    ModelSerializer.writeModel(fast, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    assertThat(restored.getClass()).isEqualTo(ComputationGraph.class);
    assertThat(restored.params()).isEqualTo(fast.params());
    AcceleratedGraphTest.fit(stock, AcceleratedGraphTest.batches(5));
    AcceleratedGraphTest.fit(restored, AcceleratedGraphTest.batches(5));
    Oracle.close("parameters", stock.params(), restored.params(), new Oracle.Tolerance(1e-3, 0));
    Oracle.close(
        "momentum",
        stock.getUpdater().getStateViewArray(),
        restored.getUpdater().getStateViewArray(),
        new Oracle.Tolerance(1e-2, 0));
  }

  @Test
  void cloneIsAcceleratedAndTrainsIndependently() {
    ComputationGraph stock = AcceleratedGraphTest.network(AcceleratedGraphTest.momentum());
    ComputationGraph fast =
        OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    AcceleratedGraphTest.fit(stock, AcceleratedGraphTest.batches(2));
    AcceleratedGraphTest.fit(fast, AcceleratedGraphTest.batches(2));
    ComputationGraph copy = fast.clone();
    assertThat(copy).isInstanceOf(AcceleratedGraph.class);
    INDArray before = fast.params().dup();
    AcceleratedGraphTest.fit(stock, AcceleratedGraphTest.batches(3));
    AcceleratedGraphTest.fit(copy, AcceleratedGraphTest.batches(3));
    assertThat(fast.params()).isEqualTo(before);
    assertThat(copy.params()).isNotEqualTo(before);
    Oracle.close("parameters", stock.params(), copy.params(), new Oracle.Tolerance(1e-3, 0));
    INDArray images = Samples.images(4, AcceleratedGraphTest.SHAPE);
    AcceleratedGraphTest.requireCurrent(fast, images);
    AcceleratedGraphTest.requireCurrent(copy, images);
    fast.close();
    AcceleratedGraphTest.fit(copy, AcceleratedGraphTest.batches(1));
  }

  private static OutputLayer head(int features) {
    OutputLayer head = Samples.head();
    head.setNIn(features);
    return head;
  }

  /** Deeplearning4j's clone loses the axes of merges. */
  @Test
  void cloneKeepsTheAxesOfMerges() {
    MergeVertex rows = new MergeVertex();
    rows.setMergeAxis(2);
    ComputationGraph network =
        Samples.network(
            Samples.graph()
                .addInputs("in")
                .addLayer("a", AcceleratedGraphTest.conv().nIn(3).nOut(3).build(), "in")
                .addVertex("merge", rows, "a", "in")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "merge")
                .addLayer("head", head(3), "pool")
                .setOutputs("head")
                .build(),
            1);
    ComputationGraph fast = OneDnn.accelerate(network);
    INDArray images = Samples.images(4, AcceleratedGraphTest.SHAPE);
    assertThat(fast.clone().outputSingle(images)).isEqualTo(fast.outputSingle(images));
  }

  @Test
  void transferLearningOfAnAcceleratedGraphEqualsStockDeeplearning4j() {
    ComputationGraph stock = tuned(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    ComputationGraph fast =
        OneDnn.accelerate(
            tuned(
                OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()))));
    AcceleratedGraphTest.fit(stock, AcceleratedGraphTest.batches(3));
    AcceleratedGraphTest.fit(fast, AcceleratedGraphTest.batches(3));
    Oracle.close("parameters", stock.params(), fast.params(), new Oracle.Tolerance(1e-3, 0));
  }

  private static ComputationGraph tuned(ComputationGraph network) {
    return new TransferLearning.GraphBuilder(network).setFeatureExtractor("a.relu").build();
  }
}
