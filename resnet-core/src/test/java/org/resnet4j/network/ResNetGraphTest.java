package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.train.ParameterDecay;

/**
 * The graphs of every architecture have the shapes and parameters of its plan, whose totals are
 * published.
 */
class ResNetGraphTest {
  static Stream<Named<Architecture>> architectures() {
    return Architectures.all().stream().map(arch -> Named.of(arch.name(), arch));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void graphHasTheShapesAndParametersOfThePlan(Architecture architecture) {
    Plan plan = Plan.of(architecture);
    ComputationGraphConfiguration configuration = ResNetGraph.of(architecture).configuration();

    long parameters =
        configuration.getVertices().values().stream()
            .mapToLong((GraphVertex vertex) -> vertex.numParams(true))
            .sum();
    assertThat(parameters).isEqualTo(plan.dl4jParameterCount());

    Map<String, InputType> types =
        configuration.getLayerActivationTypes(true, inputType(architecture.input()));
    for (Node node : plan.nodes()) {
      if (!(node instanceof Node.Input)) {
        assertThat(types.get(node.path().vertex()))
            .as("%s of %s", node.path(), architecture.name())
            .isEqualTo(inputType(node.output()));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("architectures")
  void configurationRoundTripsThroughJson(Architecture architecture) {
    ComputationGraphConfiguration configuration =
        ResNetGraph.of(architecture)
            .seed(7)
            .updater(new Adam(1e-3))
            .weightDecay(1e-4)
            .configuration();

    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(configuration.toJson());

    assertThat(read).isEqualTo(configuration);
    assertThat(ResNetGraph.of(architecture).difference(read)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(ParameterDecay.Scope.class)
  void weightDecayIsForTheParametersOfItsScope(ParameterDecay.Scope scope) {
    Architecture architecture = Architectures.byName("resnet20_cifar");
    ComputationGraph graph =
        ResNetGraph.of(architecture).decay(ParameterDecay.decoupled(0.05, scope)).network();
    boolean norms = scope == ParameterDecay.Scope.ALL;
    boolean biases = scope != ParameterDecay.Scope.WEIGHTS;
    for (Layer layer : graph.getLayers()) {
      for (String parameter : layer.paramTable().keySet()) {
        boolean decays =
            switch (parameter) {
              case "W" -> true;
              case "b" -> biases;
              case "gamma", "beta" -> norms;
              default -> false;
            };
        var rules = layer.conf().getLayer().getRegularizationByParam(parameter);
        assertThat(rules == null ? List.of() : rules)
            .as("%s of %s", parameter, layer.conf().getLayer().getLayerName())
            .isEqualTo(decays ? List.of(new WeightDecay(0.05, true)) : List.of());
      }
    }
    ComputationGraphConfiguration read =
        ComputationGraphConfiguration.fromJson(graph.getConfiguration().toJson());
    assertThat(read).isEqualTo(graph.getConfiguration());
    assertThat(ResNetGraph.of(architecture).difference(read)).isEmpty();
  }

  private static InputType inputType(Shape shape) {
    return shape.isVector()
        ? InputType.feedForward(shape.channels())
        : InputType.convolutional(shape.height(), shape.width(), shape.channels());
  }
}
