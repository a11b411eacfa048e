package org.resnet4j.onednn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.onednn.update.FusedUpdaterTest.assertBits;
import static org.resnet4j.onednn.update.Networks.batch;
import static org.resnet4j.onednn.update.Networks.stockNetwork;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.resnet4j.onednn.update.Networks.FusedNetwork;

/**
 * The fused updater of a {@code MultiLayerNetwork} has the update, state and parameters of
 * Deeplearning4j's own, as that of a graph.
 */
class FusedNetworkUpdaterTest {
  @ParameterizedTest
  @MethodSource("org.resnet4j.onednn.update.FusedUpdaterTest#updaters")
  void hundredStepsEqualDeeplearning4jBitForBit(IUpdater updater, boolean decay) {
    MultiLayerNetwork stock =
        stockNetwork(updater, decay ? FusedUpdaterTest::decaying : UnaryOperator.identity());
    FusedNetwork fused = new FusedNetwork(stock);
    for (int step = 0; step < 100; step++) {
      if (step == 40 || step == 70) {
        stock.incrementEpochCount();
        fused.incrementEpochCount();
      }
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isFalse();
    assertThat(fused.fused().leftAllFinite()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("org.resnet4j.onednn.update.FusedUpdaterTest#unsupported")
  void unsupportedSettingsFallBackToTheUpdaterOfDeeplearning4j(
      UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    MultiLayerNetwork stock = stockNetwork(new Nesterovs(0.01, 0.9), changes);
    FusedNetwork fused = new FusedNetwork(stock);
    for (int step = 0; step < 5; step++) {
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isTrue();
  }

  @Test
  void savedModelContinuesInDeeplearning4jAndBack(@TempDir Path directory) throws IOException {
    MultiLayerNetwork stock = stockNetwork(new Adam(0.01), FusedUpdaterTest::decaying);
    FusedNetwork fused = new FusedNetwork(stock);
    fit(0, stock, fused);
    File file = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(fused, file, true);
    MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file, true);
    FusedNetwork again = new FusedNetwork(restored);
    for (int step = 1; step < 6; step++) {
      fit(step, stock, restored, again);
    }
    assertSame(restored, stock);
    assertSame(again, stock);
    assertBits(
        again.clone().getUpdater().getStateViewArray(), stock.getUpdater().getStateViewArray());
  }

  @Test
  void aNewLearningRateKeepsTheFusedUpdaterAndItsState() {
    MultiLayerNetwork stock = stockNetwork(new Adam(0.01), UnaryOperator.identity());
    FusedNetwork fused = new FusedNetwork(stock);
    for (int step = 0; step < 6; step++) {
      if (step == 3) {
        stock.setLearningRate(4, 0.003);
        fused.setLearningRate(4, 0.003);
      }
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isFalse();
  }

  @Test
  void anUpdaterOfDeeplearning4jThatIsSetIsFused() {
    MultiLayerNetwork stock = stockNetwork(new Adam(0.01), UnaryOperator.identity());
    FusedNetwork fused = new FusedNetwork(stock);
    fit(0, stock, fused);
    INDArray state = stock.getUpdater().getStateViewArray().dup();
    fused.setUpdater(new MultiLayerUpdater(fused, state));
    fit(1, stock, fused);
    assertSame(fused, stock);
    assertThat(fused.fused().leftAllFinite()).isTrue();
  }

  private static void fit(int step, MultiLayerNetwork... networks) {
    for (MultiLayerNetwork network : networks) {
      network.fit(batch(step));
    }
  }

  private static void assertSame(MultiLayerNetwork actual, MultiLayerNetwork expected) {
    assertBits(actual.gradient().gradient(), expected.gradient().gradient());
    assertBits(actual.params(), expected.params());
    INDArray state = expected.getUpdater().getStateViewArray();
    if (state == null) {
      assertThat(actual.getUpdater().getStateViewArray()).isNull();
    } else {
      assertBits(actual.getUpdater().getStateViewArray(), state);
    }
  }
}
