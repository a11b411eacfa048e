package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.resnet4j.graph.GroupedConvolutionLayer;
import org.resnet4j.train.ParameterDecay.Scope;

class OrthogonalizationTest {
  private static final WeightDecay DECAY = new WeightDecay(0.1, true);

  /** Wide, square and tall matrices, by {@code optimiser_golden.py}. */
  @ParameterizedTest
  @CsvSource({"DOUBLE, 1e-12", "FLOAT, 1e-4"})
  void updatesEqualThoseOfTimm(DataType type, double bound) throws IOException {
    for (JsonNode golden : SgdMomentumTest.golden("optimisers.json").get("orthogonal")) {
      INDArray update = TinyNetwork.vector(golden.get("update")).muli(0.3).castTo(type);
      Orthogonalization rule = new Orthogonalization(golden.get("rows").longValue());
      rule.apply(update, update, 0.3, 0, 0);
      INDArray expected = TinyNetwork.vector(golden.get("result")).muli(0.3);
      INDArray difference = update.castTo(DataType.DOUBLE).sub(expected);
      assertThat(difference.amaxNumber().doubleValue()).isLessThan(bound);
    }
  }

  /** A cosine ends with rates that are rounding errors. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-22, 1e-37})
  void tinyRatesGiveTinyUpdates(double rate) {
    INDArray update = Nd4j.arange(1, 13).castTo(DataType.FLOAT).muli(rate);
    new Orthogonalization(3).apply(update, update, rate, 0, 0);
    assertThat(update.amaxNumber().doubleValue()).isBetween(0.1 * rate, 1.3 * rate);
  }

  @Test
  void zeroUpdatesStayZeroAndSmallOnesAreDamped() {
    INDArray none = Nd4j.zeros(DataType.DOUBLE, 12);
    new Orthogonalization(3).apply(none, none, 0.1, 0, 0);
    assertThat(none.amaxNumber().doubleValue()).isZero();
    INDArray small = Nd4j.zeros(DataType.DOUBLE, 12);
    small.putScalar(0, 0.1 * 1e-11); // a norm of 1e-11 without the rate
    new Orthogonalization(3).apply(small, small, 0.1, 0, 0);
    // 1e-11 / 1e-7 grows by 3.4445 in each iteration.
    assertThat(small.getDouble(0)).isCloseTo(0.1 * 1e-4 * Math.pow(3.4445, 5), within(1e-5));
  }

  /** timm's choice of parameters: neither one filter nor one input channel for each filter. */
  @Test
  void filtersAloneAreOrthogonalised() {
    ComputationGraphConfiguration configuration = configuration();
    ParameterDecay.muon(0.1, Scope.ALL_BUT_NORMS).applyTo(configuration);
    assertThat(layer(configuration, "plain").getRegularization())
        .containsExactly(new Orthogonalization(8), DECAY);
    assertThat(layer(configuration, "grouped").getRegularization())
        .containsExactly(new Orthogonalization(16), DECAY);
    assertThat(layer(configuration, "depthwise").getRegularization()).containsExactly(DECAY);
    assertThat(layer(configuration, "single").getRegularization()).containsExactly(DECAY);
    assertThat(layer(configuration, "out").getRegularization()).containsExactly(DECAY);
    assertThat(layer(configuration, "plain").getRegularizationBias()).containsExactly(DECAY);
    ParameterDecay.muon(0, Scope.WEIGHTS).applyTo(configuration);
    assertThat(layer(configuration, "plain").getRegularization())
        .containsExactly(new Orthogonalization(8));
    assertThat(layer(configuration, "plain").getRegularizationBias()).isEmpty();
  }

  private static BaseLayer layer(ComputationGraphConfiguration configuration, String name) {
    LayerVertex vertex =
        (LayerVertex) Objects.requireNonNull(configuration.getVertices().get(name));
    return Objects.requireNonNull((BaseLayer) vertex.getLayerConf().getLayer());
  }

  private static ComputationGraphConfiguration configuration() {
    return new NeuralNetConfiguration.Builder()
        .graphBuilder()
        .addInputs("in")
        .setInputTypes(InputType.convolutional(8, 8, 3))
        .addLayer("plain", new ConvolutionLayer.Builder(3, 3).nOut(8).build(), "in")
        .addLayer("grouped", grouped(4), "plain")
        .addLayer("depthwise", grouped(16), "grouped")
        .addLayer("single", new ConvolutionLayer.Builder(1, 1).nOut(1).build(), "depthwise")
        .addLayer("out", new OutputLayer.Builder().nOut(2).build(), "single")
        .setOutputs("out")
        .build();
  }

  private static GroupedConvolutionLayer grouped(int groups) {
    return new GroupedConvolutionLayer(new ConvolutionLayer.Builder(1, 1).nOut(16), groups);
  }

  @Test
  void badNumbersOfFiltersAreRefused() {
    assertThatThrownBy(() -> new Orthogonalization(0))
        .hasMessage("orthogonalization: expected 1 filter or more but there are 0");
    assertThatThrownBy(() -> new Orthogonalization(5).columns(12))
        .hasMessageContaining("expected weights of 5 filters but there are 12 weights");
  }
}
