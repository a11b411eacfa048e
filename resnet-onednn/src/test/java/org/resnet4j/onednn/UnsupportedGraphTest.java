package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Unsupported layers are refused with the name of the vertex. */
class UnsupportedGraphTest {
  private static final InputType IMAGE = InputType.convolutional(7, 6, 4);

  /** The vertex {@code odd}, and its name in the message. */
  record Case(String what, ComputationGraphConfiguration configuration, InputType input) {
    ComputationGraph network() {
      ComputationGraph network = new ComputationGraph(configuration.clone());
      network.init();
      return network;
    }

    INDArray data() {
      long[] shape = input.getShape(true);
      shape[0] = 2;
      return Samples.images(1, shape);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  private static Case layer(String what, Layer layer) {
    return new Case(
        what,
        graph()
            .addLayer("odd", layer, "a")
            .addLayer("head", Samples.head(), "odd")
            .setOutputs("head")
            .build(),
        IMAGE);
  }

  private static Case vertex(String what, GraphVertex vertex, String... inputs) {
    return new Case(
        what,
        graph()
            .addVertex("odd", vertex, inputs)
            .addLayer("head", Samples.head(), "odd")
            .setOutputs("head")
            .build(),
        IMAGE);
  }

  private static GraphBuilder graph() {
    return Samples.graph().addInputs("in").setInputTypes(IMAGE).addLayer("a", conv().build(), "in");
  }

  private static ConvolutionLayer.Builder conv() {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(4);
  }

  private static Case activation(String what, Activation activation) {
    return layer(what, conv().activation(activation).build());
  }

  static Stream<Case> both() {
    return Stream.of(
        layer("Deconvolution2D", new Deconvolution2D.Builder(2, 2).nOut(3).build()),
        layer("PReLULayer", new PReLULayer.Builder().inputShape(4, 7, 6).build()),
        activation("mish", Activation.MISH),
        layer("gelu(precise=true)", new ActivationLayer(new ActivationGELU(true))),
        activation("selu", Activation.SELU),
        layer(
            "a ReLU with the maximum 6.0, the threshold 1.0 and the slope 0.0",
            new ActivationLayer(new ActivationReLU(6.0, 1.0, 0.0))),
        layer("softmax", new ActivationLayer(Activation.SOFTMAX)),
        layer("PoolingType.SUM", new GlobalPoolingLayer.Builder(PoolingType.SUM).build()),
        layer(
            "PoolingType.PNORM",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.PNORM, new int[] {2, 2})
                .pnorm(2)
                .build()),
        layer(
            "a dilated SubsamplingLayer",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                .stride(1, 1)
                .dilation(2, 2)
                .build()),
        layer(
            "gamma and beta locked to other values",
            new BatchNormalization.Builder().lockGammaBeta(true).gamma(2).beta(0).build()),
        layer(
            "DenseLayer with layer normalisation",
            new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build()),
        vertex("ShiftVertex", new ShiftVertex(1), "a"),
        vertex("UnstackVertex", new UnstackVertex(0, 1), "a"));
  }

  static Stream<Case> trainingOnly() {
    return Stream.of(
        layer("dropout of the kind", conv().dropOut(new GaussianNoise(0.1)).build()),
        layer("training elu(alpha=0.5)", new ActivationLayer(new ActivationELU(0.5))),
        layer(
            "a ReLU with the maximum 6.0", new ActivationLayer(new ActivationReLU(6.0, 0.0, 0.0))),
        layer("weight noise", conv().weightNoise(new DropConnect(0.5)).build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("both")
  void inferenceRefusesTheVertexByNameAndType(Case sample) {
    assertThatThrownBy(
            () -> {
              try (CompiledNetwork compiled =
                  OneDnn.compile(sample.network(), CompileOptions.inference())) {
                compiled.output(sample.data());
              }
            })
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("vertex \"odd\": ")
        .hasMessageContaining(sample.what())
        .hasMessageContaining("orFallBack()");
  }

  /**
   * The input size is inferred from the configuration, which is impossible when sizes are
   * flattened.
   */
  @Test
  void compileRefusesUnsupportedLayersBeforeTheFirstCall() {
    Case sample =
        both().filter(one -> one.what().startsWith("Deconvolution")).findFirst().orElseThrow();
    assertThatThrownBy(() -> OneDnn.compile(sample.network(), CompileOptions.inference()))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("vertex \"odd\": ");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"both", "trainingOnly"})
  void trainingRefusesTheVertexByNameAndType(Case sample) {
    assertThatThrownBy(
            () -> {
              ComputationGraph fast = OneDnn.accelerate(sample.network());
              fast.fit(new DataSet(sample.data(), Samples.labels(2, 2, Samples.CLASSES)));
            })
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("vertex \"odd\": ")
        .hasMessageContaining(sample.what());
  }

  private static void requireRefused(ComputationGraph network, String what, INDArray data) {
    assertThatThrownBy(
            () -> {
              try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
                compiled.output(data);
              }
            })
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining(what);
  }

  @Test
  void doublePrecisionIsRefused() {
    ComputationGraph network =
        Samples.network(
            Samples.base()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(IMAGE)
                .addLayer("a", conv().build(), "in")
                .addLayer("head", Samples.head(), "a")
                .setOutputs("head")
                .build(),
            1);
    requireRefused(network, "the data type DOUBLE", Samples.images(1, 2, 4, 7, 6));
    assertThatThrownBy(() -> OneDnn.accelerate(network))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("the data type DOUBLE");
  }

  @Test
  void recurrentLayersAreRefused() {
    ComputationGraph network =
        new ComputationGraph(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3))
                .addLayer(
                    "lstm", new LSTM.Builder().nOut(4).activation(Activation.TANH).build(), "in")
                .addLayer(
                    "head",
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(5)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "lstm")
                .setOutputs("head")
                .build());
    network.init();
    assertThatThrownBy(
            () -> {
              try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
                compiled.output(Samples.images(1, 2, 3, 6));
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("in");
    assertThatThrownBy(
            () ->
                OneDnn.accelerate(network)
                    .fit(new DataSet(Samples.images(1, 2, 3, 6), Samples.images(1, 2, 5, 6))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void trainingWithAnOutputThatHasNoLossIsRefused() {
    ComputationGraphConfiguration configuration =
        Samples.chain(IMAGE, conv().build(), new ActivationLayer(Activation.TANH));
    configuration.getNetworkOutputs().add("layer1");
    ComputationGraph network = Samples.network(configuration, 1);
    assertThatThrownBy(
            () ->
                OneDnn.accelerate(network)
                    .fit(
                        new MultiDataSet(
                            new INDArray[] {Samples.images(1, 2, 4, 7, 6)},
                            new INDArray[] {
                              Samples.labels(2, 2, 5), Samples.images(1, 2, 4, 7, 6)
                            })))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("vertex \"layer1\"");
  }

  @Test
  void featureMasksAreRefused() {
    ComputationGraph fast = OneDnn.accelerate(layerless());
    DataSet batch =
        new DataSet(
            Samples.images(1, 2, 4, 7, 6),
            Samples.labels(2, 2, Samples.CLASSES),
            Nd4j.ones(2, 1, 1, 1),
            null);
    assertThatThrownBy(() -> fast.fit(batch))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("a mask of the features");
  }

  private static ComputationGraph layerless() {
    return Samples.network(Samples.chain(IMAGE, conv().build()), 1);
  }
}
