package org.resnet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.examples.PaperClaims.Measured;
import org.resnet4j.network.ResNetGraph;

class PaperClaimsTest {
  /** A network of 6n + 2 weighted layers has 6n + 1 of 3×3; projections are 1×1. */
  @Test
  void responsesAreThoseOfEvery3x3Convolution() {
    assertThat(LayerResponses.norms(Plan.of(Architectures.byName("resnet20_cifar_b"))))
        .hasSize(19)
        .startsWith("stem.bn1", "stage0.block0.bn1", "stage0.block0.bn2")
        .doesNotContain("stage1.block0.shortcut.bn");
    assertThat(LayerResponses.norms(Plan.of(Architectures.byName("plain56_cifar")))).hasSize(55);
  }

  /** The output of a new batch norm has the std of its scale, 1, but for ε. */
  @Test
  void responsesOfNewNetworksAreOne() {
    Plan plan = Plan.of(Architectures.byName("plain20_cifar").with(arch -> arch.input(3, 16, 16)));
    ComputationGraph network = ResNetGraph.of(plan.architecture()).seed(1).network();
    List<Double> responses = LayerResponses.of(network, plan, Nd4j.rand(8, 3, 16, 16));
    assertThat(responses).hasSize(19).allSatisfy(std -> assertThat(std).isBetween(0.99, 1.01));
  }

  @Test
  void spreadIsMeanAndSampleDeviation() {
    List<Measured> runs = List.of(measured(1), measured(2), measured(4));
    // statistics.stdev([1, 2, 4]) of Python is 1.5275
    assertThat(PaperClaimsExample.spread(runs, Measured::loss)).isEqualTo("2.333 ± 1.528");
    assertThat(PaperClaimsExample.spread(runs.subList(0, 1), Measured::loss)).isEqualTo("1.000");
  }

  private static Measured measured(double loss) {
    return new Measured(loss, 0, 0, 0);
  }

  /**
   * One seed on Fashion-MNIST, of which the jar has 3,000 training images a class. Measured were
   * losses of 0.640, 1.651, 0.572, 0.565 and 0.557, and responses of 1.01, 1.84, 0.68, 0.62 and
   * 0.69. Other CPUs and threads round differently: depth, whose gain of 0.007 is less than what
   * that changes, may cost a little where it costs plain networks 1.
   */
  @Tag("slow")
  @Test
  void signsOfTheClaimsHoldInShortTrainings(@TempDir Path folder) throws IOException {
    PaperClaims claims = new PaperClaims(Dataset.named("fashion-mnist"), 4, folder);
    Measured plain20 = claims.measure("plain20_cifar", 1);
    Measured plain56 = claims.measure("plain56_cifar", 1);
    Measured residual20 = claims.measure("resnet20_cifar", 1);
    Measured residual56 = claims.measure("resnet56_cifar", 1);
    Measured projections = claims.measure("resnet20_cifar_b", 1);

    assertThat(plain56.loss()).as("degradation").isGreaterThan(plain20.loss() + 0.3);
    assertThat(residual56.loss()).as("depth").isLessThan(residual20.loss() + 0.03);
    assertThat(Math.abs(projections.loss() - residual20.loss()))
        .as("shortcuts A and B")
        .isLessThan(0.5 * (plain20.loss() - residual20.loss()));
    assertThat(residual20.response()).as("responses").isLessThan(plain20.response() - 0.1);
    assertThat(residual56.response()).as("responses").isLessThan(residual20.response() - 0.01);
    assertThat(Files.exists(folder.resolve("resnet56_cifar-1/run.json"))).isTrue();
  }
}
