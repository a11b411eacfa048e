package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Frozen layers propagate gradients or stop them, and their parameters never change. */
class FrozenLayersTest {
  private static final InputType IMAGE = InputType.convolutional(6, 5, 3);

  private static DataSet batch(int seed) {
    return Samples.batch(seed, Samples.CLASSES, 4, 3, 6, 5);
  }

  private static ConvolutionLayer conv() {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(4).build();
  }

  private static BatchNormalization norm() {
    return new BatchNormalization.Builder().useLogStd(false).eps(1e-3).build();
  }

  private static ComputationGraph network(Layer... layers) {
    return Samples.network(Samples.chain(IMAGE, layers), 3);
  }

  private static void fitBoth(ComputationGraph stock, ComputationGraph fast) {
    for (int step = 0; step < 3; step++) {
      stock.fit(batch(step));
      fast.fit(batch(step));
    }
    stock
        .paramTable()
        .forEach(
            (name, expected) ->
                Oracle.close(name, expected, fast.getParam(name), new Oracle.Tolerance(1e-3, 0)));
  }

  private static ComputationGraph transferred() {
    return new TransferLearning.GraphBuilder(
            network(conv(), norm(), new ActivationLayer(Activation.RELU), conv(), norm()))
        .fineTuneConfiguration(
            new FineTuneConfiguration.Builder().updater(new Nesterovs(0.05, 0.9)).seed(1).build())
        .setFeatureExtractor("layer2")
        .build();
  }

  @Test
  void frozenPrefixIsUnchangedAndTheRestEqualsStockDeeplearning4j() {
    ComputationGraph fast = OneDnn.accelerate(transferred());
    Map<String, INDArray> before = copies(fast);
    fitBoth(transferred(), fast);
    for (String name : List.of("layer0_W", "layer0_b", "layer1_gamma", "layer1_mean")) {
      assertThat(fast.getParam(name)).isEqualTo(before.get(name));
    }
    assertThat(fast.getParam("layer3_W")).isNotEqualTo(before.get("layer3_W"));
    assertThat(fast.getParam("layer4_mean")).isNotEqualTo(before.get("layer4_mean"));
  }

  /** Deeplearning4j wraps the addition in a {@code FrozenVertex}. */
  @Test
  void frozenAdditionStopsTheGradient() {
    ComputationGraph fast = OneDnn.accelerate(transferredBlock());
    Map<String, INDArray> before = copies(fast);
    fitBoth(transferredBlock(), fast);
    for (String name : List.of("conv1_W", "norm1_mean", "conv2_W", "norm2_var")) {
      assertThat(fast.getParam(name)).isEqualTo(before.get(name));
    }
    assertThat(fast.getParam("conv3_W")).isNotEqualTo(before.get("conv3_W"));
    Oracle.inference(transferredBlock(), Oracle.TOLERANCE, batch(1).getFeatures());
  }

  private static ComputationGraph transferredBlock() {
    ComputationGraphConfiguration block =
        Samples.graph()
            .addInputs("in")
            .setInputTypes(IMAGE)
            .addLayer("conv1", conv(), "in")
            .addLayer("norm1", norm(), "conv1")
            .addLayer("conv2", conv(), "norm1")
            .addLayer("norm2", norm(), "conv2")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "norm1", "norm2")
            .addLayer("conv3", conv(), "sum")
            .addLayer("head", Samples.head(), "conv3")
            .setOutputs("head")
            .build();
    ComputationGraph frozen =
        new TransferLearning.GraphBuilder(Samples.network(block, 3))
            .fineTuneConfiguration(
                new FineTuneConfiguration.Builder()
                    .updater(new Nesterovs(0.05, 0.9))
                    .seed(1)
                    .build())
            .setFeatureExtractor("sum")
            .build();
    assertThat(frozen.getConfiguration().getVertices().get("sum")).isInstanceOf(FrozenVertex.class);
    return frozen;
  }

  private static Map<String, INDArray> copies(ComputationGraph network) {
    Map<String, INDArray> copies = new java.util.TreeMap<>();
    network.paramTable().forEach((name, value) -> copies.put(name, value.dup()));
    return copies;
  }

  @Test
  void frozenConvolutionPropagatesTheGradient() {
    Layer[] layers = {
      conv(), new FrozenLayerWithBackprop(conv()), new ActivationLayer(Activation.TANH), conv()
    };
    ComputationGraph fast = OneDnn.accelerate(network(layers));
    Map<String, INDArray> before = copies(fast);
    fitBoth(network(layers), fast);
    assertThat(fast.getParam("layer1_W")).isEqualTo(before.get("layer1_W"));
    assertThat(fast.getParam("layer0_W")).isNotEqualTo(before.get("layer0_W"));
  }

  @Test
  void frozenDenseLayerPropagatesTheGradient() {
    Layer[] layers = {
      conv(), new FrozenLayerWithBackprop(new DenseLayer.Builder().nOut(7).build())
    };
    ComputationGraph fast = OneDnn.accelerate(network(layers));
    Map<String, INDArray> before = copies(fast);
    fitBoth(network(layers), fast);
    assertThat(fast.getParam("layer1_W")).isEqualTo(before.get("layer1_W"));
    assertThat(fast.getParam("layer0_W")).isNotEqualTo(before.get("layer0_W"));
  }

  /**
   * Stock Deeplearning4j cannot train with a frozen norm in the middle, so the reference is stock
   * with an equivalent frozen 1×1 convolution.
   */
  @Test
  void frozenBatchNormIsAFixedAffineFunction() {
    ComputationGraph fast =
        OneDnn.accelerate(
            network(
                conv(),
                new FrozenLayerWithBackprop(norm()),
                new ActivationLayer(Activation.TANH),
                conv()));
    ComputationGraph stock =
        network(
            conv(),
            new FrozenLayerWithBackprop(new ConvolutionLayer.Builder(1, 1).nOut(4).build()),
            new ActivationLayer(Activation.TANH),
            conv());
    for (String name : stock.paramTable().keySet()) {
      if (!name.startsWith("layer1_")) {
        stock.setParam(name, fast.getParam(name));
      }
    }
    INDArray std = org.nd4j.linalg.ops.transforms.Transforms.sqrt(value(fast, "var").add(1e-3));
    INDArray scale = value(fast, "gamma").div(std);
    INDArray shift = value(fast, "beta").sub(value(fast, "mean").mul(scale));
    stock.setParam("layer1_W", Nd4j.diag(scale.reshape(4)).reshape(4, 4, 1, 1));
    stock.setParam("layer1_b", shift.reshape(1, 4));
    Map<String, INDArray> before = copies(fast);
    for (int step = 0; step < 3; step++) {
      stock.fit(batch(step));
      fast.fit(batch(step));
    }
    for (String name : List.of("layer0_W", "layer0_b", "layer3_W", "layer3_b", "head_W")) {
      Oracle.close(name, stock.getParam(name), fast.getParam(name), new Oracle.Tolerance(1e-3, 0));
    }
    for (String key : List.of("mean", "var", "gamma", "beta")) {
      assertThat(value(fast, key)).isEqualTo(Objects.requireNonNull(before.get("layer1_" + key)));
    }
  }

  private static INDArray value(ComputationGraph network, String key) {
    return network.getParam("layer1_" + key);
  }

  @Test
  void allLayersButTheHeadMayBeFrozen() {
    ComputationGraph stock = headOnly();
    ComputationGraph fast = OneDnn.accelerate(headOnly());
    fitBoth(stock, fast);
    assertThat(fast.params().dataType()).isEqualTo(DataType.FLOAT);
  }

  private static ComputationGraph headOnly() {
    return new TransferLearning.GraphBuilder(network(conv(), norm()))
        .fineTuneConfiguration(
            new FineTuneConfiguration.Builder().updater(new Nesterovs(0.05, 0.9)).seed(1).build())
        .setFeatureExtractor("layer1")
        .build();
  }

  @Test
  void frozenNetworkCompiles() {
    ComputationGraph frozen = transferred();
    Oracle.inference(frozen, Oracle.TOLERANCE, batch(1).getFeatures());
    ComputationGraphConfiguration configuration =
        Samples.chain(IMAGE, new FrozenLayerWithBackprop(conv()), norm());
    Oracle.inference(Samples.network(configuration, 1), Oracle.TOLERANCE, batch(1).getFeatures());
  }
}
