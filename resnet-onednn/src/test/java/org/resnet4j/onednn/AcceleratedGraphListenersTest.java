package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Listeners of an accelerated graph observe what those of stock Deeplearning4j do. */
class AcceleratedGraphListenersTest {
  @Test
  void listenerCallsEqualStockDeeplearning4j() {
    List<String> stock = seen(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    List<String> fast =
        seen(OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum())));
    assertThat(fast).isEqualTo(stock);
  }

  private static List<String> seen(ComputationGraph network) {
    List<String> seen = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onEpochStart(Model model) {
            seen.add("epoch start");
          }

          @Override
          public void onEpochEnd(Model model) {
            seen.add("epoch end");
          }

          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            seen.add("forward");
          }

          @Override
          public void onBackwardPass(Model model) {
            seen.add("backward");
          }

          @Override
          public void onGradientCalculation(Model model) {
            double norm = model.gradient().getGradientFor("a_W").norm2Number().doubleValue();
            seen.add("gradient of a " + String.format(Locale.ROOT, "%.3f", norm));
          }

          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            seen.add(
                String.format(
                    Locale.ROOT,
                    "iteration %s of epoch %s: %.4f",
                    iteration,
                    epoch,
                    model.score()));
          }
        });
    network.fit(new ListDataSetIterator<>(AcceleratedGraphTest.batches(3), 1), 2);
    return seen;
  }

  /** The tolerance is 1e-5 of the largest activation, because sums have another order. */
  @Test
  void listenersReceiveTheActivationsKeptForTheBackwardPass() {
    Map<String, INDArray> stock =
        activations(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    Map<String, INDArray> fast =
        activations(
            OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum())));
    assertThat(fast).containsOnlyKeys("a", "a.relu", "b", "relu", "pool");
    fast.forEach(
        (vertex, activation) -> {
          INDArray expected = Objects.requireNonNull(stock.get(vertex), vertex);
          assertThat(activation.shape()).isEqualTo(expected.shape());
          double largest = expected.amaxNumber().doubleValue();
          assertThat(activation.sub(expected).amaxNumber().doubleValue() / largest)
              .as(vertex)
              .isLessThan(1e-5);
        });
  }

  /** The sums are those of Deeplearning4j's own layer in another order. */
  @Test
  void listenersMayReadTheOutputDuringAStep() {
    AcceleratedGraph fast =
        (AcceleratedGraph)
            OneDnn.accelerate(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum()));
    List<INDArray> asked = new ArrayList<>();
    fast.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onBackwardPass(Model model) {
            INDArray layers =
                fast.getOutputLayer(0).activate(true, LayerWorkspaceMgr.noWorkspaces());
            INDArray output = Objects.requireNonNull(fast.outputOfStep());
            Oracle.close("output", layers, output, new Oracle.Tolerance(1e-6, 0));
            asked.add(output);
          }
        });
    AcceleratedGraphTest.fit(fast, AcceleratedGraphTest.batches(2));
    assertThat(asked).hasSize(2);
    assertThat(fast.outputOfStep()).as("between steps").isNull();
  }

  /** The 32 channels are two blocks of the activation layout on AVX-512. */
  @Test
  void listenersReceiveBlockedActivationsAsStockDeeplearning4jGivesThem() {
    Map<String, INDArray> stock = activations(blocks());
    Map<String, INDArray> fast = activations(OneDnn.accelerate(blocks()));
    assertThat(fast).containsKey("layer1");
    fast.forEach(
        (vertex, activation) ->
            Oracle.close(
                vertex,
                Objects.requireNonNull(stock.get(vertex), vertex),
                activation,
                Oracle.TOLERANCE));
  }

  private static ComputationGraph blocks() {
    return Samples.network(
        Samples.chain(
            InputType.convolutional(8, 8, 3),
            new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(32).build(),
            new ActivationLayer(Activation.RELU),
            new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(32).build()),
        4);
  }

  private static Map<String, INDArray> activations(ComputationGraph network) {
    Map<String, INDArray> copies = new HashMap<>();
    List<Map<String, INDArray>> given = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model model, Map<String, INDArray> activations) {
            given.add(activations);
            for (Map.Entry<String, INDArray> one : activations.entrySet()) {
              copies.put(one.getKey(), one.getValue().dup());
            }
          }
        });
    AcceleratedGraphTest.fit(network, AcceleratedGraphTest.batches(1));
    if (network instanceof AcceleratedGraph) {
      assertThat(given.get(0)).as("after the step their memory is used again").isEmpty();
    }
    return copies;
  }

  @Test
  void scoresEqualStockDeeplearning4j() {
    List<Double> stock =
        scores(AcceleratedGraphTest.network(AcceleratedGraphTest.momentum().l2(0.01)));
    List<Double> fast =
        scores(
            OneDnn.accelerate(
                AcceleratedGraphTest.network(AcceleratedGraphTest.momentum().l2(0.01))));
    assertThat(fast).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(fast.get(i)).isCloseTo(stock.get(i), within(1e-4));
    }
  }

  private static List<Double> scores(ComputationGraph network) {
    List<Double> scores = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            scores.add(model.score());
          }
        });
    network.fit(new ListDataSetIterator<>(AcceleratedGraphTest.batches(6), 1));
    return scores;
  }
}
