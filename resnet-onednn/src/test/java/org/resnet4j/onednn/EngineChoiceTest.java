package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.train.Accelerated;

/** The engine that computes is named, and Deeplearning4j replaces it where it cannot run. */
class EngineChoiceTest {
  private static final INDArray IMAGES = Nd4j.rand(2, 3, 4, 4);

  private static ComputationGraph network(boolean supported) {
    var builder =
        new NeuralNetConfiguration.Builder()
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(4, 4, 3));
    if (!supported) {
      builder.addLayer("up", new Deconvolution2D.Builder(2, 2).nOut(3).build(), "in");
    }
    ComputationGraph graph =
        new ComputationGraph(
            builder
                .addLayer(
                    "dense",
                    new DenseLayer.Builder().nOut(8).activation(Activation.RELU).build(),
                    supported ? "in" : "up")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build(),
                    "dense")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  @Test
  void engineIsNamedWithItsVersionAndInstructionSet() {
    EngineEnvironment here = OneDnn.environment();
    String name = "oneDNN %s (%s)".formatted(here.version(), here.instructionSet());
    ComputationGraph graph = network(true);

    assertThat(Accelerated.engine(graph)).isEqualTo("Deeplearning4j");
    assertThat(Accelerated.engine(OneDnn.accelerate(graph))).isEqualTo(name);
    try (CompiledNetwork compiled = OneDnn.compile(graph, CompileOptions.inference())) {
      assertThat(compiled.engine()).isEqualTo(name);
    }
  }

  @Test
  void backendOtherThanTheCpuIsRefusedByName() {
    assertThat(Obstacle.ofBackend("CpuBackend")).isNull();
    assertThat(Obstacle.ofBackend("JCublasBackend"))
        .isEqualTo("the oneDNN engine runs on the CPU but ND4J's backend here is JCublasBackend");
  }

  @Test
  void deeplearning4jComputesWhereTheEngineIsUnavailable() {
    ComputationGraph graph = network(true);
    try (CompiledNetwork compiled =
        new CompiledNetwork(
            graph, CompileOptions.inference().orFallBack(), "no luck", graph::output, () -> {})) {
      assertThat(compiled.output(IMAGES)).isEqualTo(graph.outputSingle(IMAGES));
      assertThat(compiled.engine()).isEqualTo("Deeplearning4j");
      assertThat(compiled.precision()).isEqualTo(Precision.FP32);
    }
  }

  /**
   * Without optimised convolutions, as for ARM64 without SVE, a fallback prefers Deeplearning4j.
   */
  @Test
  void fallbackAlonePrefersDeeplearning4j() {
    CompileOptions plain = CompileOptions.inference();
    assertThat(Obstacle.orPreference(plain.orFallBack(), "slow")).isEqualTo("slow");
    assertThat(Obstacle.orPreference(plain, "slow")).isNull();
    assertThat(Obstacle.orPreference(plain.orFallBack(), null)).isNull();
  }

  @Test
  void fallbackUsesTheEngineUnlessTheEnvironmentSaysOtherwise() {
    boolean stock = OneDnn.environment().stockPreferredBecause() != null;
    String name = stock ? "Deeplearning4j" : Native.name();
    ComputationGraph graph = network(true);

    CompileOptions training = CompileOptions.training();
    assertThat(Accelerated.engine(OneDnn.accelerate(graph, training.orFallBack()))).isEqualTo(name);
    assertThat(Accelerated.engine(OneDnn.accelerate(graph, training))).isEqualTo(Native.name());
    CompileOptions inference = CompileOptions.inference();
    try (CompiledNetwork compiled = OneDnn.compile(graph, inference.orFallBack());
        CompiledNetwork forced = OneDnn.compile(graph, inference)) {
      assertThat(compiled.output(IMAGES).rows()).isEqualTo(2);
      assertThat(compiled.engine()).isEqualTo(name);
      assertThat(forced.engine()).isEqualTo(Native.name());
    }
  }

  @Test
  void deeplearning4jComputesUnsupportedGraphsOnRequest() {
    ComputationGraph graph = network(false);
    assertThatThrownBy(() -> OneDnn.compile(graph, CompileOptions.inference()).close())
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageStartingWith("vertex \"up\": Deconvolution2D is not supported");
    try (CompiledNetwork compiled =
        OneDnn.compile(graph, CompileOptions.inference().orFallBack())) {
      assertThat(compiled.output(IMAGES)).isEqualTo(graph.outputSingle(IMAGES));
      assertThat(compiled.engine()).isEqualTo("Deeplearning4j");
    }
    ComputationGraph trained = OneDnn.accelerate(graph, CompileOptions.training().orFallBack());
    trained.fit(new INDArray[] {IMAGES}, new INDArray[] {Nd4j.eye(2)});
    assertThat(Accelerated.engine(trained)).isEqualTo("Deeplearning4j");
  }
}
