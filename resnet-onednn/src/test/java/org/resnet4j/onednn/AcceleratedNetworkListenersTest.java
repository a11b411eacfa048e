package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Listeners of an accelerated network observe what those of stock Deeplearning4j do. */
class AcceleratedNetworkListenersTest {
  @Test
  void listenerCallsEqualStockDeeplearning4j() {
    assertThat(seen(OneDnn.accelerate(AcceleratedNetworkTest.network())))
        .isEqualTo(seen(AcceleratedNetworkTest.network()));
  }

  private static List<String> seen(MultiLayerNetwork network) {
    List<String> seen = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onEpochStart(Model model) {
            seen.add("epoch start");
          }

          @Override
          public void onForwardPass(Model model, List<INDArray> activations) {
            for (INDArray activation : activations) {
              seen.add("activation " + rounded(activation));
            }
          }

          @Override
          public void onBackwardPass(Model model) {
            seen.add("backward " + (model == network));
          }

          @Override
          public void onGradientCalculation(Model model) {
            seen.add("gradient " + rounded(model.gradient().getGradientFor("2_W")));
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            seen.add(iteration + " of " + epoch + ": " + rounded(Nd4j.scalar(model.score())));
          }
        });
    network.fit(new ListDataSetIterator<>(AcceleratedNetworkTest.batches(2), 1), 2);
    return seen;
  }

  private static String rounded(INDArray array) {
    return String.format(Locale.ROOT, "%.2f", array.norm2Number().doubleValue());
  }
}
