package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Stem;
import org.resnet4j.network.ResNetGraph;

/**
 * Networks in bfloat16 stay near single precision; bfloat16 has 8 bits of mantissa, so one rounding
 * is off by up to 2⁻⁹ = 0.2 %. It runs, slowly, where the CPU does not multiply it, too, but not
 * without AVX-512.
 */
@RequiresAvx512
class Bfloat16Test {
  private static final CompileOptions BF16 = CompileOptions.inference().precision(Precision.BF16);

  private static ComputationGraph network() {
    return AcceleratedGraphTest.network(Samples.base().updater(new Nesterovs(0.02, 0.9)));
  }

  @Test
  void outputIsWithinTwoPercentOfSinglePrecision() {
    INDArray images = Samples.images(1, 16, 3, 8, 8);
    INDArray expected = Oracle.exact(network()).output(Oracle.doubles(images))[0];
    try (CompiledNetwork compiled = OneDnn.compile(network(), BF16)) {
      assertThat(compiled.precision()).isEqualTo(Precision.BF16);
      Oracle.close("head", expected, compiled.output(images), new Oracle.Tolerance(0.02, 0));
    }
  }

  /**
   * The network has groups and squeeze-and-excitation; otherwise as in {@link
   * #trainingFollowsSinglePrecision}.
   */
  @Test
  void trainingWithGroupsAndSqueezeExcitationFollowsSinglePrecision() {
    Architecture architecture =
        Architectures.byName("seresnext50_32x4d")
            .with(
                next ->
                    next.input(3, 32, 32)
                        .classes(Samples.CLASSES)
                        .stem(Stem::cifar)
                        .depths(1, 1)
                        .widths(64, 128));
    ComputationGraph network =
        Samples.network(
            ResNetGraph.of(architecture).updater(new Nesterovs(0.02, 0.9)).configuration(), 1);
    INDArray images = Samples.images(1, 4, 3, 32, 32);
    INDArray expected = network.output(images)[0];
    try (CompiledNetwork compiled = OneDnn.compile(network, BF16)) {
      Oracle.close("head", expected, compiled.output(images), new Oracle.Tolerance(0.02, 0));
    }
    ComputationGraph single = OneDnn.accelerate(network.clone());
    ComputationGraph half =
        OneDnn.accelerate(network, CompileOptions.training().precision(Precision.BF16));
    for (int step = 0; step < 10; step++) {
      DataSet batch = Samples.batch(step, Samples.CLASSES, 8, 3, 32, 32);
      single.fit(batch);
      half.fit(batch);
      assertThat(Math.abs(half.score() / single.score() - 1)).isLessThan(0.05);
    }
  }

  @Test
  void trainingFollowsSinglePrecision() {
    ComputationGraph single = OneDnn.accelerate(network());
    ComputationGraph half =
        OneDnn.accelerate(network(), CompileOptions.training().precision(Precision.BF16));
    for (int step = 0; step < 20; step++) {
      DataSet batch = Samples.batch(step, Samples.CLASSES, 16, 3, 8, 8);
      single.fit(batch);
      half.fit(batch);
      assertThat(Math.abs(half.score() / single.score() - 1)).isLessThan(0.02);
    }
    single
        .paramTable()
        .forEach(
            (name, expected) -> {
              // The gradients that norms cancel are noise in bfloat16.
              if (!name.equals("b_b")) {
                Oracle.close(name, expected, half.getParam(name), new Oracle.Tolerance(0.1, 0));
              }
            });
  }

  @Test
  void trainingIsBitForBitReproducibleForEqualSeeds() {
    assertThat(trained()).isEqualTo(trained());
  }

  private static INDArray trained() {
    ComputationGraph half =
        OneDnn.accelerate(network(), CompileOptions.training().precision(Precision.BF16));
    for (int step = 0; step < 5; step++) {
      half.fit(Samples.batch(step, Samples.CLASSES, 16, 3, 8, 8));
    }
    return half.params().dup();
  }
}
