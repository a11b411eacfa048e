package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Saved, cloned and changed copies of an accelerated network train as those of stock
 * Deeplearning4j.
 */
class AcceleratedNetworkCopiesTest {
  @Test
  void savedNetworkContinuesTrainingInStockDeeplearning4j(@TempDir Path directory)
      throws Exception {
    File file = directory.resolve("model.zip").toFile();
    MultiLayerNetwork stock = AcceleratedNetworkTest.network();
    MultiLayerNetwork fast = OneDnn.accelerate(AcceleratedNetworkTest.network());
    AcceleratedNetworkTest.fit(stock, 3);
    AcceleratedNetworkTest.fit(fast, 3);
    ModelSerializer.writeModel(fast, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    assertThat(restored.getClass()).isEqualTo(MultiLayerNetwork.class);
    MultiLayerNetwork again = OneDnn.accelerate(restored);
    AcceleratedNetworkTest.fit(stock, 3);
    AcceleratedNetworkTest.fit(again, 3);
    Oracle.close("parameters", stock.params(), again.params(), AcceleratedNetworkTest.STEPS);
    Oracle.close(
        "momentum",
        stock.getUpdater().getStateViewArray(),
        again.getUpdater().getStateViewArray(),
        new Oracle.Tolerance(1e-2, 0));
  }

  @Test
  void cloneIsAcceleratedAndTrainsIndependently() {
    MultiLayerNetwork stock = AcceleratedNetworkTest.network();
    MultiLayerNetwork fast = OneDnn.accelerate(AcceleratedNetworkTest.network());
    AcceleratedNetworkTest.fit(stock, 2);
    AcceleratedNetworkTest.fit(fast, 2);
    MultiLayerNetwork copy = fast.clone();
    assertThat(copy).isInstanceOf(AcceleratedNetwork.class);
    INDArray before = fast.params().dup();
    AcceleratedNetworkTest.fit(stock, 3);
    AcceleratedNetworkTest.fit(copy, 3);
    assertThat(fast.params()).isEqualTo(before);
    Oracle.close("parameters", stock.params(), copy.params(), AcceleratedNetworkTest.STEPS);
  }

  @Test
  void earlyStoppingStopsAtTheSameEpochAsStockDeeplearning4j() {
    EarlyStoppingResult<MultiLayerNetwork> stock = stopped(AcceleratedNetworkTest.network());
    EarlyStoppingResult<MultiLayerNetwork> fast =
        stopped(OneDnn.accelerate(AcceleratedNetworkTest.network()));
    assertThat(fast.getBestModelEpoch()).isEqualTo(stock.getBestModelEpoch());
    assertThat(fast.getBestModel()).isInstanceOf(AcceleratedNetwork.class);
    Oracle.close(
        "model",
        stock.getBestModel().params(),
        fast.getBestModel().params(),
        AcceleratedNetworkTest.STEPS);
  }

  private static EarlyStoppingResult<MultiLayerNetwork> stopped(MultiLayerNetwork network) {
    DataSetIterator validation =
        new ListDataSetIterator<>(AcceleratedNetworkTest.batch(9).asList(), 8);
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .modelSaver(new InMemoryModelSaver<>())
            .scoreCalculator(new DataSetLossCalculator(validation, true))
            .epochTerminationConditions(new MaxEpochsTerminationCondition(3))
            .build();
    DataSetIterator training = new ListDataSetIterator<>(AcceleratedNetworkTest.batches(3), 1);
    return new EarlyStoppingTrainer(configuration, network, training).fit();
  }

  @Test
  void frozenLayersOfTransferLearningKeepTheirParameters() {
    MultiLayerNetwork frozen =
        new TransferLearning.Builder(OneDnn.accelerate(AcceleratedNetworkTest.network()))
            .setFeatureExtractor(1)
            .build();
    MultiLayerNetwork stock = frozen.clone();
    MultiLayerNetwork fast = OneDnn.accelerate(frozen);
    INDArray before = fast.getParam("0_W").dup();
    AcceleratedNetworkTest.fit(stock, 3);
    AcceleratedNetworkTest.fit(fast, 3);
    assertThat(fast.getParam("0_W")).isEqualTo(before);
    Oracle.close("parameters", stock.params(), fast.params(), AcceleratedNetworkTest.STEPS);
  }
}
