package org.resnet4j.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.ClassifierLayer;
import org.resnet4j.graph.DecayedBatchNormalization;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.KaimingNormal;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.graph.UniformFanIn;

/** Emits each node as one vertex; activations are layers of their own. */
final class PlanEmitter implements Node.Visitor<GraphBuilder> {
  private final GraphBuilder graph;
  private final LossMCXENT loss;
  private final boolean decaysNorms;

  PlanEmitter(GraphBuilder graph, LossMCXENT loss, boolean decaysNorms) {
    this.graph = graph;
    this.loss = loss;
    this.decaysNorms = decaysNorms;
  }

  @Override
  public GraphBuilder input(Node.Input node) {
    Shape shape = node.output();
    return graph
        .addInputs(node.path().vertex())
        .setInputTypes(
            shape.isVector()
                ? InputType.feedForward(shape.channels())
                : InputType.convolutional(shape.height(), shape.width(), shape.channels()));
  }

  @Override
  public GraphBuilder conv(Node.Conv node) {
    ConvolutionLayer.Builder layer =
        new ConvolutionLayer.Builder(node.kernel(), node.kernel())
            .stride(node.stride(), node.stride())
            .padding(node.padding(), node.padding())
            .convolutionMode(ConvolutionMode.Truncate)
            .nIn(node.inChannels())
            .nOut(node.output().channels())
            .hasBias(node.bias() == ConvBias.PRESENT)
            .weightInit(new KaimingNormal())
            .activation(Activation.IDENTITY);
    return layer(
        node,
        node.groups() == 1 ? layer.build() : new GroupedConvolutionLayer(layer, node.groups()));
  }

  @Override
  public GraphBuilder norm(Node.Norm node) {
    BatchNormalization norm =
        new BatchNormalization.Builder()
            .nIn(node.output().channels())
            .nOut(node.output().channels())
            .gamma(node.initialScale())
            .eps(node.epsilon())
            .decay(Numerics.BATCH_NORM_DECAY)
            .useLogStd(false)
            // Running statistics are updated as gradients, so clipping would corrupt them.
            .gradientNormalization(GradientNormalization.None)
            .build();
    return layer(node, decaysNorms ? DecayedBatchNormalization.of(norm) : norm);
  }

  @Override
  public GraphBuilder relu(Node.Relu node) {
    return activation(node, Activation.RELU);
  }

  @Override
  public GraphBuilder sigmoid(Node.Sigmoid node) {
    return activation(node, Activation.SIGMOID);
  }

  @Override
  public GraphBuilder pool(Node.Pool node) {
    boolean average = node.kind() == Node.PoolKind.AVERAGE;
    return layer(
        node,
        new SubsamplingLayer.Builder(average ? PoolingType.AVG : PoolingType.MAX)
            .kernelSize(node.kernel(), node.kernel())
            .stride(node.stride(), node.stride())
            .padding(node.padding(), node.padding())
            // Same mode keeps a last window that extends beyond an odd edge, as ceil_mode does.
            .convolutionMode(hangsOver(node) ? ConvolutionMode.Same : ConvolutionMode.Truncate)
            .avgPoolIncludePadInDivisor(false)
            .build());
  }

  private static boolean hangsOver(Node.Pool node) {
    Shape in = node.inputShape();
    Shape out = node.output();
    return node.kind() == Node.PoolKind.AVERAGE
        && (out.height() * node.stride() > in.height() || out.width() * node.stride() > in.width());
  }

  @Override
  public GraphBuilder globalPool(Node.GlobalPool node) {
    return layer(node, new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
  }

  @Override
  public GraphBuilder padChannels(Node.PadChannels node) {
    return graph.addVertex(
        node.path().vertex(),
        new PadChannelsVertex(node.before(), node.after()),
        node.input().vertex());
  }

  @Override
  public GraphBuilder padEdges(Node.PadEdges node) {
    return layer(node, new ZeroPaddingLayer.Builder(node.edge(), node.edge()).build());
  }

  @Override
  public GraphBuilder add(Node.Add node) {
    return graph.addVertex(
        node.path().vertex(),
        new ElementWiseVertex(ElementWiseVertex.Op.Add),
        node.branch().vertex(),
        node.shortcut().vertex());
  }

  @Override
  public GraphBuilder scaleChannels(Node.ScaleChannels node) {
    return graph.addVertex(
        node.path().vertex(),
        new ScaleChannelsVertex(),
        node.image().vertex(),
        node.factors().vertex());
  }

  @Override
  public GraphBuilder dense(Node.Dense node) {
    int in = node.inFeatures();
    int out = node.output().channels();
    return switch (node.kind()) {
      case LINEAR -> dense(node, new UniformFanIn());
      case POINTWISE -> dense(node, new KaimingNormal());
      case CLASSIFIER ->
          layer(
              node,
              new ClassifierLayer(
                  new OutputLayer.Builder(loss)
                      .nIn(in)
                      .nOut(out)
                      .weightInit(new UniformFanIn())
                      .activation(Activation.SOFTMAX)));
    };
  }

  private GraphBuilder dense(Node.Dense node, IWeightInit weights) {
    return layer(
        node,
        new DenseLayer.Builder()
            .nIn(node.inFeatures())
            .nOut(node.output().channels())
            .weightInit(weights)
            .activation(Activation.IDENTITY)
            .build());
  }

  @Override
  public GraphBuilder dropout(Node.Dropout node) {
    // Deeplearning4j expects the probability of keeping a value.
    return layer(node, new DropoutLayer.Builder(1 - node.rate()).build());
  }

  private GraphBuilder activation(Node node, Activation activation) {
    return layer(node, new ActivationLayer.Builder().activation(activation).build());
  }

  private GraphBuilder layer(Node node, Layer layer) {
    return graph.addLayer(node.path().vertex(), layer, node.inputs().get(0).vertex());
  }
}
