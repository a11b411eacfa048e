package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.iter.NdIndexIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.model.ModelFile;

/**
 * The grouped convolution layer in graphs of Deeplearning4j alone. What it computes is what
 * Deeplearning4j's own {@code ConvolutionLayer} does when its weights between channels of different
 * groups are zero: both in double precision, 1e-12 of the largest value apart.
 */
class GroupedConvolutionTest {
  private static final int CHANNELS = 6;
  private static final int OUTPUTS = 12;
  private static final int BATCH = 3;
  private static final double TOLERANCE = 1e-12;

  private static GraphBuilder graph(DataType type) {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(type)
        .updater(new Nesterovs(0.1, 0.9))
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs("in")
        .setInputTypes(InputType.convolutional(7, 5, 2))
        .addLayer("before", new ConvolutionLayer.Builder(1, 1).nOut(CHANNELS).build(), "in");
  }

  private static ConvolutionLayer.Builder window() {
    return new ConvolutionLayer.Builder(3, 3).nOut(OUTPUTS).padding(1, 1);
  }

  private static ComputationGraphConfiguration headed(GraphBuilder graph) {
    return graph
        .addLayer("after", new ConvolutionLayer.Builder(1, 1).nOut(2).build(), "z")
        .addLayer("pool", new GlobalPoolingLayer.Builder().build(), "after")
        .addLayer(
            "head",
            new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
            "pool")
        .setOutputs("head")
        .build();
  }

  private static ComputationGraph network(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  private static ComputationGraph grouped(Layer layer, DataType type) {
    return network(headed(graph(type).addLayer("z", layer, "before")));
  }

  private static DataSet batch(DataType type) {
    return new DataSet(
        Formula.images(BATCH, 2, 7, 5).castTo(type), Formula.labels(BATCH, 2).castTo(type));
  }

  static Stream<Arguments> windows() {
    List<Arguments> all = new ArrayList<>();
    for (int groups : new int[] {1, 2, CHANNELS}) {
      all.add(window("3x3", groups, b -> b));
      all.add(window("3x3 without bias", groups, b -> b.hasBias(false)));
      all.add(window("3x3 stride 2", groups, b -> b.stride(2, 2)));
      all.add(window("2x3 stride 1x2", groups, b -> b.kernelSize(2, 3).stride(1, 2)));
      all.add(window("1x1", groups, b -> b.kernelSize(1, 1).padding(0, 0)));
      all.add(window("dilation 2", groups, b -> b.dilation(2, 2).padding(2, 2)));
      all.add(
          window(
              "Same stride 2",
              groups,
              b -> b.padding(0, 0).convolutionMode(ConvolutionMode.Same).stride(2, 2)));
      all.add(window("tanh", groups, b -> b.activation(Activation.TANH)));
    }
    return all.stream();
  }

  private static Arguments window(
      String name, int groups, UnaryOperator<ConvolutionLayer.Builder> settings) {
    return Arguments.of(name, groups, settings);
  }

  @ParameterizedTest(name = "{0}, {1} groups")
  @MethodSource("windows")
  void groupedConvolutionEqualsAConvolutionWithZerosBetweenGroups(
      String name, int groups, UnaryOperator<ConvolutionLayer.Builder> settings) {
    ComputationGraph one =
        grouped(new GroupedConvolutionLayer(settings.apply(window()), groups), DataType.DOUBLE);
    ComputationGraph many = grouped(settings.apply(window()).build(), DataType.DOUBLE);
    copyGroupWeights(one, many, groups);
    DataSet batch = batch(DataType.DOUBLE);

    assertClose(one.outputSingle(batch.getFeatures()), many.outputSingle(batch.getFeatures()));
    assertThat(one.score(batch)).isCloseTo(many.score(batch), within(TOLERANCE));
    gradients(one, batch);
    gradients(many, batch);
    for (String outside : new String[] {"before_W", "before_b", "after_W"}) {
      assertClose(one.gradient().getGradientFor(outside), many.gradient().getGradientFor(outside));
    }
    for (String key : one.getLayer("z").paramTable().keySet()) {
      INDArray expected = many.gradient().getGradientFor("z_" + key);
      INDArray actual = one.gradient().getGradientFor("z_" + key);
      assertClose(key.equals("W") ? withinGroups(expected, groups) : expected, actual);
    }
  }

  /**
   * Copies the parameters of {@code one} to {@code many}, which has weights between all channels.
   */
  private static void copyGroupWeights(ComputationGraph one, ComputationGraph many, int groups) {
    one.paramTable()
        .forEach((name, value) -> many.getParam(name).assign(value(name, value, groups)));
  }

  private static INDArray value(String name, INDArray value, int groups) {
    return name.equals("z_W") ? betweenAll(value, groups) : value;
  }

  /**
   * Returns weights {@code [out, in / groups, kH, kW]} as {@code [out, in, kH, kW]}, with zeros
   * between groups.
   */
  private static INDArray betweenAll(INDArray weights, int groups) {
    long[] shape = weights.shape().clone();
    shape[1] *= groups;
    INDArray all = Nd4j.zeros(DataType.DOUBLE, shape);
    each(
        weights.shape(),
        groups,
        (within, between) -> all.putScalar(between, weights.getDouble(within)));
    return all;
  }

  /** Returns weights {@code [out, in, kH, kW]} as {@code [out, in / groups, kH, kW]}. */
  private static INDArray withinGroups(INDArray all, int groups) {
    long[] shape = all.shape().clone();
    shape[1] /= groups;
    INDArray weights = Nd4j.zeros(DataType.DOUBLE, shape);
    each(shape, groups, (within, between) -> weights.putScalar(within, all.getDouble(between)));
    return weights;
  }

  private static void each(long[] shape, int groups, BiConsumer<long[], long[]> action) {
    new NdIndexIterator(shape)
        .forEachRemaining(
            within -> {
              long[] between = within.clone();
              between[1] += within[0] / (shape[0] / groups) * shape[1];
              action.accept(within, between);
            });
  }

  private static void gradients(ComputationGraph network, DataSet batch) {
    network.setInput(0, batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
  }

  private static void assertClose(INDArray expected, INDArray actual) {
    INDArray same = actual.reshape(expected.shape());
    assertThat(same.sub(expected).amaxNumber().doubleValue())
        .isLessThanOrEqualTo(TOLERANCE * expected.amaxNumber().doubleValue());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, CHANNELS})
  void gradientsEqualCentralDifferences(int groups) {
    ConvolutionLayer.Builder window = window().stride(2, 1).activation(Activation.TANH);
    ComputationGraph network =
        grouped(new GroupedConvolutionLayer(window, groups), DataType.DOUBLE);

    CentralDifferences.check(
        groups + " groups", network, batch(DataType.DOUBLE), Integer.MAX_VALUE);
  }

  @Test
  void weightsHaveTheShapeAndCountOfPyTorch() {
    ComputationGraph network = grouped(new GroupedConvolutionLayer(window(), 2), DataType.FLOAT);

    assertThat(network.getParam("z_W").shape()).containsExactly(OUTPUTS, CHANNELS / 2, 3, 3);
    assertThat(network.getLayer("z").numParams()).isEqualTo(OUTPUTS * (CHANNELS / 2 * 9 + 1));
  }

  /**
   * XAVIER has the std √(2 / (fan-in + fan-out)), here of 32 · 9 inputs and 32 · 9 outputs each.
   */
  @Test
  void fanInAndFanOutAreThoseOfOneGroup() {
    ComputationGraph network =
        network(
            headed(
                new NeuralNetConfiguration.Builder()
                    .seed(1)
                    .weightInit(WeightInit.XAVIER)
                    .graphBuilder()
                    .addInputs("in")
                    .setInputTypes(InputType.convolutional(5, 5, 128))
                    .addLayer(
                        "z",
                        new GroupedConvolutionLayer(
                            new ConvolutionLayer.Builder(3, 3).nOut(128), 4),
                        "in")));

    assertThat(network.getParam("z_W").stdNumber().doubleValue() / Math.sqrt(2.0 / (2 * 32 * 9)))
        .isCloseTo(1, within(0.02));
  }

  @Test
  void layerRoundTripsThroughJsonZipAndCloneAndTrainsBitForBitEqual(@TempDir Path folder)
      throws IOException {
    ComputationGraph network = grouped(new GroupedConvolutionLayer(window(), 2), DataType.FLOAT);
    DataSet batch = batch(DataType.FLOAT);
    ComputationGraphConfiguration configuration = network.getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
    assertThat(configuration.clone()).isEqualTo(configuration);

    network.fit(batch);
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);
    ComputationGraph restored = ModelFile.read(file, ModelFile.Updater.KEEP);
    ComputationGraph clone = network.clone();
    assertThat(restored.outputSingle(batch.getFeatures()))
        .isEqualTo(network.outputSingle(batch.getFeatures()));

    for (ComputationGraph each : List.of(network, restored, clone)) {
      each.fit(batch);
    }
    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(clone.params()).isEqualTo(network.params());
  }

  @Test
  void layersWithDifferentGroupCountsAreNotEqual() {
    GroupedConvolutionLayer two = new GroupedConvolutionLayer(window().nIn(CHANNELS), 2);

    assertThat(two)
        .isEqualTo(new GroupedConvolutionLayer(window().nIn(CHANNELS), 2))
        .hasSameHashCodeAs(new GroupedConvolutionLayer(window().nIn(CHANNELS), 2))
        .isNotEqualTo(new GroupedConvolutionLayer(window().nIn(CHANNELS), 3));
    ConvolutionLayer stock = window().nIn(CHANNELS).build();
    assertThat(two.equals(stock) || stock.equals(two)).isFalse();
    assertThat(two.clone()).isEqualTo(two);
  }

  @Test
  void transferLearningKeepsFreezesAndWidensTheLayer() {
    ComputationGraph network = grouped(new GroupedConvolutionLayer(window(), 2), DataType.FLOAT);
    FineTuneConfiguration fineTune =
        new FineTuneConfiguration.Builder().updater(new Nesterovs(0.1, 0.9)).seed(3).build();
    ComputationGraph frozen =
        new TransferLearning.GraphBuilder(network)
            .fineTuneConfiguration(fineTune)
            .setFeatureExtractor("z")
            .nOutReplace("head", 2, WeightInit.XAVIER)
            .build();
    frozen.fit(batch(DataType.FLOAT));
    assertThat(frozen.getParam("z_W")).isEqualTo(network.getParam("z_W"));
    assertThat(frozen.getParam("after_W")).isNotEqualTo(network.getParam("after_W"));

    ComputationGraph wider =
        new TransferLearning.GraphBuilder(network)
            .fineTuneConfiguration(fineTune)
            .nOutReplace("before", 2 * CHANNELS, WeightInit.XAVIER)
            .build();
    assertThat(wider.getParam("z_W").shape()).containsExactly(OUTPUTS, CHANNELS, 3, 3);
    wider.fit(batch(DataType.FLOAT));
    assertThat(wider.score()).isFinite();
  }

  @Test
  void invalidGroupsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupedConvolutionLayer(window().name("z"), 5))
        .withMessage("z: expected groups that divide the 12 outputs but there are 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupedConvolutionLayer(window().name("z"), 0))
        .withMessage("z: expected groups that divide the 12 outputs but there are 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> grouped(new GroupedConvolutionLayer(window(), 4), DataType.FLOAT))
        .withMessage("z: expected groups that divide the 6 inputs but there are 4");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new NeuralNetConfiguration.Builder()
                    .graphBuilder()
                    .addInputs("in")
                    .setInputTypes(InputType.convolutional(7, 5, 2, CNN2DFormat.NHWC))
                    .addLayer("z", new GroupedConvolutionLayer(window(), 2), "in")
                    .setOutputs("z")
                    .build())
        .withMessageStartingWith("z: a grouped convolution: expected images as NCHW but");
  }
}
