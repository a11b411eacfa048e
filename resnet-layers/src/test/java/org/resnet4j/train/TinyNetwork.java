package org.resnet4j.train;

import java.io.IOException;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.resnet4j.graph.DecayedBatchNormalization;

/** The network of {@code optimiser_golden.py}: a convolution, a batch norm, two dense layers. */
record TinyNetwork(IUpdater updater, ParameterDecay decay) {
  /** Images and labels of two batches of 8, and what PyTorch made of them. */
  record Data(JsonNode golden, INDArray images, INDArray labels) {
    /** Returns the batch of a one-based step. */
    DataSet batch(int step) {
      var half = step % 2 == 1 ? NDArrayIndex.interval(0, 8) : NDArrayIndex.interval(8, 16);
      return new DataSet(images.get(half).dup(), labels.get(half).dup());
    }
  }

  static Data data(DataType type) throws IOException {
    JsonNode golden = SgdMomentumTest.golden("optimisers.json");
    INDArray labels = Nd4j.zeros(type, 16, 3);
    for (int i = 0; i < 16; i++) {
      labels.putScalar(i, golden.get("labels").get(i).intValue(), 1);
    }
    return new Data(
        golden, vector(golden.get("images")).reshape('c', 16, 2, 5, 5).castTo(type), labels);
  }

  /** Returns the network with PyTorch's initial parameters. */
  ComputationGraph graph(DataType type, Data data) {
    ComputationGraph graph = new ComputationGraph(configuration(type));
    graph.init();
    data.golden()
        .get("initial")
        .fields()
        .forEachRemaining(
            entry -> graph.getParam(entry.getKey()).assign(values(graph, entry).castTo(type)));
    return graph;
  }

  private ComputationGraphConfiguration configuration(DataType type) {
    BatchNormalization norm = new BatchNormalization.Builder().eps(1e-5).useLogStd(false).build();
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(updater)
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(5, 5, 2))
            .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(4).build(), "in")
            .addLayer(
                "norm", decay.includesNorms() ? DecayedBatchNormalization.of(norm) : norm, "conv")
            .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
            .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "relu")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nOut(5).activation(Activation.RELU).build(),
                "pool")
            .addLayer(
                "out",
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .nOut(3)
                    .build(),
                "dense")
            .setOutputs("out")
            .build();
    decay.applyTo(configuration);
    // Without the names, Deeplearning4j reads useLogStd back from JSON as true.
    if (configuration.getVertices().get("norm") instanceof LayerVertex vertex) {
      norm.initializer().paramKeys(norm).forEach(vertex.getLayerConf()::addVariable);
    }
    return configuration;
  }

  /** Returns the largest difference of parameters to those expected. */
  static double difference(ComputationGraph graph, JsonNode expected) {
    double largest = 0;
    for (Map.Entry<String, JsonNode> entry :
        (Iterable<Map.Entry<String, JsonNode>>) expected::fields) {
      INDArray actual = graph.getParam(entry.getKey()).castTo(DataType.DOUBLE);
      double difference = actual.sub(values(graph, entry)).amaxNumber().doubleValue();
      largest = difference <= largest ? largest : difference; // keeps NaN
    }
    return largest;
  }

  private static INDArray values(ComputationGraph graph, Map.Entry<String, JsonNode> entry) {
    return vector(entry.getValue()).reshape('c', graph.getParam(entry.getKey()).shape());
  }

  static INDArray vector(JsonNode numbers) {
    return Nd4j.createFromArray(
        StreamSupport.stream(numbers.spliterator(), false)
            .mapToDouble(JsonNode::doubleValue)
            .toArray());
  }
}
