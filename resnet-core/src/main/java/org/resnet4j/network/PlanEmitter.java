package org.resnet4j.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
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
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.weights.IWeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.resnet4j.arch.ConvBias;
import org.resnet4j.arch.Init;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.ActivationExactGelu;
import org.resnet4j.graph.ActivationHardSwish;
import org.resnet4j.graph.BlurPoolVertex;
import org.resnet4j.graph.ClassifierLayer;
import org.resnet4j.graph.DecayedBatchNormalization;
import org.resnet4j.graph.DropBlock;
import org.resnet4j.graph.FrozenBatchNormalization;
import org.resnet4j.graph.GroupNormLayer;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.graph.KaimingNormal;
import org.resnet4j.graph.PadChannelsVertex;
import org.resnet4j.graph.ScaleChannelsVertex;
import org.resnet4j.graph.StochasticDepth;
import org.resnet4j.graph.UniformFanIn;
import org.resnet4j.graph.XavierUniform;
import org.resnet4j.train.LogitLoss;

/** Emits each node as one vertex; activations are layers of their own. */
final class PlanEmitter implements Node.Visitor<GraphBuilder> {
  private final GraphBuilder graph;
  private final ILossFunction loss;
  private final boolean decaysNorms;
  private final IWeightInit convolutions;
  private final IWeightInit linear;

  PlanEmitter(GraphBuilder graph, ILossFunction loss, boolean decaysNorms, Init init) {
    this.graph = graph;
    this.loss = loss;
    this.decaysNorms = decaysNorms;
    convolutions = init == Init.XAVIER ? new XavierUniform() : new KaimingNormal();
    linear = init == Init.XAVIER ? new XavierUniform() : new UniformFanIn();
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
            .dilation(node.dilation(), node.dilation())
            .convolutionMode(ConvolutionMode.Truncate)
            .nIn(node.inChannels())
            .nOut(node.output().channels())
            .hasBias(node.bias() == ConvBias.PRESENT)
            .weightInit(convolutions)
            .activation(Activation.IDENTITY);
    return layer(
        node,
        node.groups() == 1 ? layer.build() : new GroupedConvolutionLayer(layer, node.groups()));
  }

  @Override
  public GraphBuilder norm(Node.Norm node) {
    int channels = node.output().channels();
    return layer(
        node,
        switch (node.options().kind()) {
          case BATCH -> batchNorm(node);
          case GROUP ->
              new GroupNormLayer(
                  channels,
                  node.options().groups(),
                  node.epsilon(),
                  node.initialScale(),
                  decaysNorms);
          case FROZEN ->
              new FrozenBatchNormalization(channels, node.epsilon(), node.initialScale());
        });
  }

  private BatchNormalization batchNorm(Node.Norm node) {
    BatchNormalization norm =
        new BatchNormalization.Builder()
            .nIn(node.output().channels())
            .nOut(node.output().channels())
            .gamma(node.initialScale())
            .eps(node.epsilon())
            .decay(1 - node.options().momentum())
            .useLogStd(false)
            // Running statistics are updated as gradients, so clipping would corrupt them.
            .gradientNormalization(GradientNormalization.None)
            .build();
    return decaysNorms ? DecayedBatchNormalization.of(norm) : norm;
  }

  @Override
  public GraphBuilder activation(Node.Activate node) {
    return layer(node, new ActivationLayer.Builder().activation(function(node.function())).build());
  }

  private static IActivation function(org.resnet4j.arch.Activation function) {
    return switch (function) {
      case RELU -> Activation.RELU.getActivationFunction();
      case SILU -> Activation.SWISH.getActivationFunction();
      case GELU -> new ActivationExactGelu();
      case LEAKY_RELU -> new ActivationLReLU(org.resnet4j.arch.Activation.LEAKY_SLOPE);
      case HARD_SWISH -> new ActivationHardSwish();
    };
  }

  @Override
  public GraphBuilder sigmoid(Node.Sigmoid node) {
    Layer sigmoid = new ActivationLayer.Builder().activation(Activation.SIGMOID).build();
    Shape in = node.inputShape();
    return in.isVector()
        ? layer(node, sigmoid)
        : graph.addLayer(
            node.path().vertex(),
            sigmoid,
            new CnnToFeedForwardPreProcessor(in.height(), in.width(), in.channels()),
            node.input().vertex());
  }

  @Override
  public GraphBuilder channelConv(Node.ChannelConv node) {
    Shape image = node.output();
    return graph.addLayer(
        node.path().vertex(),
        new ConvolutionLayer.Builder(node.kernel(), 1)
            .stride(1, 1)
            .padding(node.kernel() / 2, 0)
            .convolutionMode(ConvolutionMode.Truncate)
            .nIn(1)
            .nOut(1)
            .hasBias(false)
            .weightInit(new UniformFanIn())
            .activation(Activation.IDENTITY)
            .build(),
        new FeedForwardToCnnPreProcessor(image.height(), image.width(), image.channels()),
        node.input().vertex());
  }

  @Override
  public GraphBuilder pool(Node.Pool node) {
    boolean average = node.kind() != Node.PoolKind.MAX;
    return layer(
        node,
        new SubsamplingLayer.Builder(average ? PoolingType.AVG : PoolingType.MAX)
            .kernelSize(node.kernel(), node.kernel())
            .stride(node.stride(), node.stride())
            .padding(node.padding(), node.padding())
            // Same mode keeps a last window that extends beyond an odd edge, as ceil_mode does.
            .convolutionMode(hangsOver(node) ? ConvolutionMode.Same : ConvolutionMode.Truncate)
            .avgPoolIncludePadInDivisor(node.kind() == Node.PoolKind.AVERAGE_OF_PADDED)
            .build());
  }

  private static boolean hangsOver(Node.Pool node) {
    Shape in = node.inputShape();
    Shape out = node.output();
    int beyond = node.kernel() - node.stride();
    return node.kind() != Node.PoolKind.MAX
        && (out.height() * node.stride() + beyond > in.height()
            || out.width() * node.stride() + beyond > in.width());
  }

  @Override
  public GraphBuilder blur(Node.Blur node) {
    return graph.addVertex(node.path().vertex(), new BlurPoolVertex(), node.input().vertex());
  }

  @Override
  public GraphBuilder globalPool(Node.GlobalPool node) {
    PoolingType type = node.kind() == Node.PoolKind.AVERAGE ? PoolingType.AVG : PoolingType.MAX;
    return layer(node, new GlobalPoolingLayer.Builder(type).build());
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
  public GraphBuilder join(Node.Join node) {
    GraphVertex vertex =
        node.kind() == Node.JoinKind.MEAN
            ? new ElementWiseVertex(ElementWiseVertex.Op.Average)
            : new MergeVertex();
    return graph.addVertex(
        node.path().vertex(), vertex, node.first().vertex(), node.second().vertex());
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
      case LINEAR -> dense(node, linear);
      case POINTWISE -> dense(node, convolutions);
      case CLASSIFIER ->
          layer(
              node,
              new ClassifierLayer(
                  new OutputLayer.Builder(loss)
                      .nIn(in)
                      .nOut(out)
                      .weightInit(linear)
                      .activation(
                          loss instanceof LogitLoss other
                              ? other.activation()
                              : Activation.SOFTMAX)));
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

  @Override
  public GraphBuilder stochasticDepth(Node.StochasticDepth node) {
    return layer(node, new DropoutLayer(new StochasticDepth(node.rate())));
  }

  @Override
  public GraphBuilder dropBlock(Node.DropBlock node) {
    return layer(node, new DropoutLayer(new DropBlock(node.rate(), node.size())));
  }

  private GraphBuilder layer(Node node, Layer layer) {
    return graph.addLayer(node.path().vertex(), layer, node.inputs().get(0).vertex());
  }
}
