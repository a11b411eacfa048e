package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;

/**
 * The checks that a correct network passes fail for planted defects: those of Deeplearning4j's zoo,
 * and smaller mistakes.
 */
class PlantedDefectsTest {
  private static final double TOLERANCE = 1e-4;

  private static final Architecture RESNET50 = Architectures.byName("resnet50");

  private static final List<Shape> PUBLISHED_SHAPES =
      List.of(
          new Shape(256, 56, 56),
          new Shape(512, 28, 28),
          new Shape(1024, 14, 14),
          new Shape(2048, 7, 7));

  @ParameterizedTest
  @EnumSource
  void plantedDefectFailsExactlyTheExpectedChecks(Defect defect) {
    assertThat(failures(defect, narrow())).isEqualTo(defect.failingChecks());
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void plantedDefectInResNet50FailsExactlyTheExpectedChecks(Defect defect) {
    assertThat(failures(defect, Golden.only("resnet50-64"))).isEqualTo(defect.failingChecks());
  }

  @Test
  void transposedClassifierFailsTheInferenceCheck() {
    Golden golden = narrow();
    ComputationGraph network = network(golden, Defect.NONE);
    Parity parity = new Parity(golden, network, TorchNames.OURS, TOLERANCE);
    INDArray head = network.getParam("head.fc_W");
    head.assign(head.transpose().dup('c').reshape('c', head.shape()));

    assertThatThrownBy(parity::inference)
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching(
            "bottleneck-imagenet-B-conv_norm: logits\\[0\\]: expected \\S+ but was \\S+, relative"
                + " error \\S+ beyond 1e-04; goldens are made with python3"
                + " resnet-core/src/test/python/make_goldens.py bottleneck-imagenet");
  }

  private static Golden narrow() {
    return Golden.read("bottleneck-imagenet").stream()
        .filter(golden -> golden.name().equals("bottleneck-imagenet-B-conv_norm"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Returns the checks that fail for ResNet-50 or, for parity, for the golden's network with a
   * defect.
   */
  private static Set<Defect.Check> failures(Defect defect, Golden golden) {
    Set<Defect.Check> failures = EnumSet.noneOf(Defect.Check.class);
    note(
        failures,
        Defect.Check.STAGE_SHAPES,
        () ->
            StageShapes.check(
                planted(RESNET50, RESNET50.input(), defect), RESNET50.input(), PUBLISHED_SHAPES));
    note(
        failures,
        Defect.Check.HEAD_SIZE,
        () ->
            HeadSize.check(
                input -> planted(RESNET50, input, defect),
                RESNET50.input(),
                new Shape(3, 448, 448)));
    note(
        failures,
        Defect.Check.PARITY,
        () -> new Parity(golden, network(golden, defect), names(golden), TOLERANCE).inference());
    return failures;
  }

  private static void note(Set<Defect.Check> failures, Defect.Check check, Runnable run) {
    try {
      run.run();
    } catch (AssertionError noticed) {
      failures.add(check);
    }
  }

  private static ComputationGraph network(Golden golden, Defect defect) {
    Architecture architecture =
        golden.fields().containsKey("model")
            ? TorchvisionParityTest.architecture(golden)
            : SmallNetworkParityTest.architecture(golden);
    ComputationGraph network =
        new ComputationGraph(planted(architecture, architecture.input(), defect));
    network.init();
    return network;
  }

  private static TorchNames names(Golden golden) {
    return golden.fields().containsKey("model") ? TorchNames.TORCHVISION : TorchNames.OURS;
  }

  private static ComputationGraphConfiguration planted(
      Architecture architecture, Shape input, Defect defect) {
    ComputationGraphConfiguration network =
        ResNetGraph.of(architecture.with(next -> next.input(input))).configuration();
    defect.plant(network, input);
    return network;
  }
}
