package org.resnet4j.onednn;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * The {@code ComputationGraph} of a {@code MultiLayerNetwork}. Unlike Deeplearning4j's {@code
 * toComputationGraph()} it keeps every setting of a layer, and can share parameters. Parameters
 * have one order in both, and one name, such as {@code 0_W}.
 */
final class ChainGraph {
  private ChainGraph() {}

  /** Returns a graph that shares the parameters of {@code network}. */
  static ComputationGraph of(MultiLayerNetwork network) {
    if (!network.isInitCalled()) {
      network.init();
    }
    ComputationGraph graph = new ComputationGraph(configuration(network));
    graph.init(network.params(), false);
    return graph;
  }

  /** Returns a graph's configuration whose vertices are named by the layers' numbers from 0. */
  static ComputationGraphConfiguration configuration(MultiLayerNetwork network) {
    MultiLayerConfiguration chain = network.getLayerWiseConfigurations().clone();
    GraphBuilder builder =
        new NeuralNetConfiguration.Builder()
            .dataType(chain.getDataType())
            .miniBatch(network.conf().isMiniBatch())
            .graphBuilder()
            .backpropType(chain.getBackpropType())
            .addInputs("in");
    String last = "in";
    for (int i = 0; i < chain.getConfs().size(); i++) {
      NeuralNetConfiguration layer = chain.getConf(i);
      String name = Integer.toString(i);
      layer.getLayer().setLayerName(name);
      builder.addVertex(name, new LayerVertex(layer, chain.getInputPreProcess(i)), last);
      last = name;
    }
    ComputationGraphConfiguration graph = builder.setOutputs(last).build();
    graph.setTrainingWorkspaceMode(chain.getTrainingWorkspaceMode());
    graph.setInferenceWorkspaceMode(chain.getInferenceWorkspaceMode());
    return graph;
  }
}
