package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Random wires between vertices, from one or two inputs to a head that reads all that nothing else
 * has read. In two of three graphs, sizes are sometimes mistaken.
 */
abstract class RandomWiring {
  /** A graph that may be invalid, and inputs that may not fit it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(ComputationGraph network, INDArray[] inputs) {}

  /** A vertex that later ones may read; height 0 stands for a vector. */
  record Node(String name, int channels, int height, int width) {
    boolean isVector() {
      return height == 0;
    }
  }

  final SplittableRandom random;
  final GraphBuilder graph = Samples.graph();
  final List<Node> nodes = new ArrayList<>();
  private final List<Node> unread = new ArrayList<>();
  private final boolean mistakes;
  final int batch;

  RandomWiring(int seed) {
    random = new SplittableRandom(seed);
    mistakes = seed % 3 != 0;
    batch = 1 + random.nextInt(3);
  }

  /** Returns whether to make a mistake, in graphs that have some. */
  final boolean slips() {
    return mistakes && random.nextInt(12) == 0;
  }

  final int slipping(int right) {
    return slips() ? Math.max(1, right + random.nextInt(5) - 2) : right;
  }

  Sample sample() {
    Node in = new Node("in", 1 + random.nextInt(4), 1 + random.nextInt(10), 1 + random.nextInt(10));
    boolean two = random.nextInt(4) == 0;
    Node other = two ? new Node("other", in.channels, in.height, in.width) : in;
    graph.addInputs(two ? new String[] {"in", "other"} : new String[] {"in"});
    first(in);
    if (two) {
      first(other);
    }
    int vertices = 2 + random.nextInt(8);
    for (int i = 0; i < vertices; i++) {
      add("v" + i);
    }
    Node last = gathered();
    graph.addLayer("head", head(slipping(last.channels)), last.name).setOutputs("head");
    ComputationGraphConfiguration configuration = graph.build();
    INDArray[] inputs = new INDArray[two ? 2 : 1];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] =
          Samples.images(
              i + 1,
              i == 0 ? batch : slipping(batch),
              slipping(in.channels),
              slipping(in.height),
              slipping(in.width));
    }
    return new Sample(Samples.network(configuration, 1), inputs);
  }

  private static OutputLayer head(int features) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(features)
        .nOut(Samples.CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** Adds a convolution of its own, because stock may overwrite the network's inputs. */
  private void first(Node in) {
    ConvolutionLayer layer =
        new ConvolutionLayer.Builder(1, 1).nIn(in.channels).nOut(2 + random.nextInt(4)).build();
    graph.addLayer(in.name + ".first", layer, in.name);
    made(new Node(in.name + ".first", (int) layer.getNOut(), in.height, in.width));
  }

  /** Merges all vertices that nothing has read into one vector. */
  private Node gathered() {
    List<Node> vectors = new ArrayList<>();
    for (Node node : unread) {
      Node vector = node;
      if (!node.isVector()) {
        vector = new Node(node.name + ".mean", node.channels, 0, 0);
        graph.addLayer(
            vector.name, new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), node.name);
      }
      vectors.add(vector);
    }
    if (vectors.size() == 1) {
      return vectors.get(0);
    }
    graph.addVertex(
        "all", new MergeVertex(), vectors.stream().map(Node::name).toArray(String[]::new));
    return new Node("all", vectors.stream().mapToInt(Node::channels).sum(), 0, 0);
  }

  final void made(Node node, Node... read) {
    nodes.add(node);
    unread.add(node);
    unread.removeAll(List.of(read));
  }

  /** Adds a vertex that reads some of the nodes. */
  abstract void add(String name);
}
