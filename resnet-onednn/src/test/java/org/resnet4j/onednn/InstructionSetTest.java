package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * The build runs parity tests a second time under {@code RESNET4J_MAX_ISA=avx2}; this test verifies
 * that the limit is in force.
 */
class InstructionSetTest {
  /** Returns the implementations used for shapes that have JIT kernels and blocked layouts. */
  private static Set<String> implementations() {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(64).build();
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                InputType.convolutional(16, 16, 64),
                conv,
                new ConvolutionLayer.Builder(3, 3).stride(4, 4).nOut(64).build(),
                new GlobalPoolingLayer(PoolingType.AVG)),
            1);
    Profile profile = new Profile();
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32).profile(profile);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      assertThat(compiled.output(Samples.images(1, 2, 64, 16, 16)).rows()).isEqualTo(2);
    }
    return profile.rows().stream().map(Profile.Row::implementation).collect(Collectors.toSet());
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "RESNET4J_MAX_ISA",
      matches = "avx2",
      disabledReason = "tests the limit RESNET4J_MAX_ISA=avx2")
  void instructionSetLimitIsInForce() {
    EngineEnvironment here = OneDnn.environment();
    assertThat(here.instructionSetLimit()).isEqualTo("avx2");
    assertThat(here.instructionSet()).isEqualTo("avx2");
    assertThat(here.multipliesBfloat16()).isFalse();
    assertThat(here.fasterInBfloat16()).isFalse();
    assertThat(implementations())
        .anyMatch(name -> name.contains("avx2"))
        .noneMatch(name -> name.contains("avx512"));
  }

  @Test
  @RequiresAvx512
  void avx512IsUsedWithoutALimit() {
    assertThat(OneDnn.environment().instructionSetLimit()).isNull();
    assertThat(implementations()).anyMatch(name -> name.contains("avx512"));
  }
}
