package org.resnet4j.onednn.update;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A network with every kind of updater block, in two copies: one for Deeplearning4j's updates and
 * one for ours.
 */
final class Networks {
  private Networks() {}

  /**
   * Returns a network with another rate for biases, two batch norms, a frozen layer, and a layer
   * with another updater.
   */
  static ComputationGraph stock(
      IUpdater updater, UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    return stock(updater, 60, changes);
  }

  static ComputationGraph stock(
      IUpdater updater, int width, UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    GraphBuilder builder =
        changes
            .apply(base(updater))
            .graphBuilder()
            .addInputs("input")
            .setInputTypes(InputType.convolutional(6, 6, 2));
    String last = "input";
    for (Map.Entry<String, Layer> layer : layers(width).entrySet()) {
      builder.addLayer(layer.getKey(), layer.getValue(), last);
      last = layer.getKey();
    }
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(last).build());
    graph.init();
    return graph;
  }

  /** Returns a {@code MultiLayerNetwork} of the same layers. */
  static MultiLayerNetwork stockNetwork(
      IUpdater updater, UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    ListBuilder builder = changes.apply(base(updater)).list();
    layers(60).values().forEach(builder::layer);
    MultiLayerNetwork network =
        new MultiLayerNetwork(builder.setInputType(InputType.convolutional(6, 6, 2)).build());
    network.init();
    return network;
  }

  private static NeuralNetConfiguration.Builder base(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.FLOAT)
        .seed(7)
        .updater(updater)
        .biasUpdater(new Sgd(0.01))
        .activation(Activation.RELU);
  }

  private static Map<String, Layer> layers(int width) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    layers.put("frozen", new FrozenLayer(new ConvolutionLayer.Builder(1, 1).nOut(3).build()));
    layers.put("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build());
    layers.put("bn1", new BatchNormalization.Builder().build());
    layers.put("bn2", new BatchNormalization.Builder().useLogStd(false).build());
    layers.put("dense", new DenseLayer.Builder().nOut(width).build());
    layers.put(
        "other", new DenseLayer.Builder().nOut(50).updater(new Nesterovs(0.01, 0.8)).build());
    layers.put("output", new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
    return layers;
  }

  static DataSet batch(int step) {
    Nd4j.getRandom().setSeed(100 + step);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 8, 3);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, (i + step) % 3, 1);
    }
    return new DataSet(Nd4j.randn(DataType.FLOAT, 8, 2, 6, 6), labels);
  }

  /**
   * The same network on copies of parameters and state, with the solver that the engine installs.
   */
  static final class Fused extends ComputationGraph {
    private static final long serialVersionUID = 1L;

    Fused(ComputationGraph original, int threads) {
      super(original.getConfiguration().clone());
      configuration.setIterationCount(original.getIterationCount()); // not copied by clone()
      configuration.setEpochCount(original.getEpochCount());
      init(); // keeps the parameters a view
      setParams(original.params());
      boolean trained = original.getUpdater(false) != null;
      INDArray state = trained ? original.getUpdater(false).getStateViewArray() : null;
      solver = FusedSolver.of(this, state == null ? null : state.dup(), threads);
    }

    FusedUpdater updater() {
      return (FusedUpdater) getUpdater(false);
    }

    FusedUpdate fused() {
      return updater().fused();
    }

    /** Returns whether {@code fit} updates and subtracts in one pass. */
    boolean stepsInOnePass() {
      return ((FusedDescent) solver.getOptimizer()).subtracts();
    }

    /** Returns the updated gradient without a call of {@code fit}. */
    void gradientOf(DataSet batch) {
      setInput(0, batch.getFeatures());
      setLabel(0, batch.getLabels());
      computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
    }
  }

  /**
   * The same network on copies of parameters and state, with the solver that the engine installs.
   */
  @SuppressWarnings("overrides") // an array where the interface has variable arguments
  static final class FusedNetwork extends MultiLayerNetwork {
    private static final long serialVersionUID = 1L;

    FusedNetwork(MultiLayerNetwork original) {
      super(original.getLayerWiseConfigurations().clone());
      layerWiseConfigurations.setIterationCount(original.getIterationCount());
      layerWiseConfigurations.setEpochCount(original.getEpochCount());
      init(original.params().dup(), false);
      boolean trained = original.getUpdater(false) != null;
      INDArray state = trained ? original.getUpdater(false).getStateViewArray() : null;
      solver = FusedSolver.of(this, state == null ? null : state.dup(), 1);
    }

    FusedUpdate fused() {
      return ((FusedNetworkUpdater) getUpdater(false)).fused();
    }
  }
}
