package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Init;

/**
 * The initial weights have the stds and bounds of torchvision's {@code resnet.py} and {@code
 * torch.nn.Linear}.
 */
class InitialWeightsTest {
  private static final Architecture RESNET18 =
      Architectures.byName("resnet18").with(arch -> arch.input(3, 32, 32));

  /** Each tensor has at least 8,192 values, so its std is known to about 1 %. */
  @Test
  void convolutionsAreKaimingNormalWithFanOutAtAnyStride() {
    ComputationGraph network = ResNetGraph.of(RESNET18).network();

    assertDeviation(network, "stem.conv1_W", Math.sqrt(2.0 / (64 * 49)));
    assertDeviation(network, "stage1.block0.conv1_W", Math.sqrt(2.0 / (128 * 9)));
    assertDeviation(network, "stage1.block0.conv2_W", Math.sqrt(2.0 / (128 * 9)));
    assertDeviation(network, "stage1.block0.shortcut.conv_W", Math.sqrt(2.0 / 128));
  }

  private static void assertDeviation(ComputationGraph network, String name, double expected) {
    INDArray weights = network.getParam(name);
    assertThat(weights.meanNumber().doubleValue()).as(name).isCloseTo(0, within(0.05 * expected));
    assertThat(weights.stdNumber().doubleValue() / expected).as(name).isCloseTo(1, within(0.04));
  }

  @Test
  void classifierIsUniformWithinOneOverTheRootOfFanIn() {
    ComputationGraph network = ResNetGraph.of(RESNET18).network();
    double bound = 1 / Math.sqrt(512);

    assertUniform(network, "head.fc_W", bound);
    assertUniform(network, "head.fc_b", bound);
  }

  @Test
  void batchNormsStartAsIdentityAndZeroInitResidualSetsTheLastToZero() {
    ComputationGraph zero =
        ResNetGraph.of(RESNET18.with(arch -> arch.init(Init.ZERO_INIT_RESIDUAL))).network();

    assertThat(zero.getParam("stage1.block0.bn1_gamma").meanNumber().doubleValue()).isEqualTo(1);
    assertThat(zero.getParam("stage1.block0.bn2_gamma").amaxNumber().doubleValue()).isZero();
    assertThat(zero.getParam("stage1.block0.shortcut.bn_gamma").meanNumber().doubleValue())
        .isEqualTo(1);
    assertThat(zero.getParam("stage1.block0.bn2_var").meanNumber().doubleValue()).isEqualTo(1);
    assertThat(zero.getParam("stage1.block0.bn2_mean").amaxNumber().doubleValue()).isZero();
  }

  /** The bounds and stds are those of {@code torch.nn.init.xavier_uniform_}. */
  @Test
  void d2lNetworkIsXavierUniformAtAnyStride() {
    ComputationGraph network = ResNetGraph.of(Architectures.byName("resnet18_d2l")).network();

    assertUniform(network, "stem.conv1_W", Math.sqrt(6.0 / (49 * (1 + 64))));
    assertUniform(network, "stage1.block0.conv1_W", Math.sqrt(6.0 / (9 * (64 + 128))));
    assertUniform(network, "stage1.block0.shortcut.conv_W", Math.sqrt(6.0 / (64 + 128)));
    assertUniform(network, "head.fc_W", Math.sqrt(6.0 / (512 + 10)));
  }

  private static void assertUniform(ComputationGraph network, String name, double bound) {
    INDArray values = network.getParam(name);
    assertThat(values.amaxNumber().doubleValue())
        .as(name)
        .isLessThanOrEqualTo(bound * 1.000001)
        .isGreaterThan(0.98 * bound);
    assertThat(values.meanNumber().doubleValue()).as(name).isCloseTo(0, within(0.05 * bound));
    // The std of a uniform distribution in ±bound is bound / √3.
    assertThat(values.stdNumber().doubleValue() * Math.sqrt(3) / bound)
        .as(name)
        .isCloseTo(1, within(0.05));
  }

  @Test
  void equalSeedsGiveEqualWeights() {
    INDArray weights = ResNetGraph.of(RESNET18).seed(3).network().params();

    assertThat(ResNetGraph.of(RESNET18).seed(3).network().params()).isEqualTo(weights);
    assertThat(ResNetGraph.of(RESNET18).seed(4).network().params()).isNotEqualTo(weights);
  }

  @Test
  void featuresEqualTheInputOfTheClassifier() {
    Architecture architecture = Architectures.byName("resnet8");
    INDArray images = Nd4j.rand(2, 3, 32, 32);
    ComputationGraph features =
        ResNetGraph.of(architecture.with(next -> next.head(HeadKind.FEATURES))).network();
    ComputationGraph classifier = ResNetGraph.of(architecture).network();
    classifier.params().assign(0.01);
    features.params().assign(0.01);

    assertThat(features.outputSingle(images))
        .isEqualTo(classifier.feedForward(images, false).get("head.pool"));
    assertThat(features.outputSingle(images).shape()).containsExactly(2, 128);
  }

  /** Dropout of 0.25 drops a quarter of the features, in training only. */
  @Test
  void dropoutAppliesInTrainingOnly() {
    ComputationGraph network =
        ResNetGraph.of(Architectures.byName("resnet8").with(arch -> arch.dropout(0.25))).network();
    INDArray images = Nd4j.rand(64, 3, 32, 32);
    network.getParam("stage2.block0.bn2_beta").assign(20); // no feature is zero by itself

    assertThat(network.feedForward(images, false).get("head.dropout"))
        .isEqualTo(network.feedForward(images, false).get("head.pool"));
    INDArray kept = Objects.requireNonNull(network.feedForward(images, true).get("head.dropout"));
    INDArray dropped = kept.eq(0).castTo(kept.dataType());
    // With 64 × 128 values, the fraction is known to about 0.5 %.
    assertThat(dropped.meanNumber().doubleValue()).isCloseTo(0.25, within(0.02));
    // Kept values are divided by 0.75.
    assertThat(kept.meanNumber().doubleValue()).isCloseTo(20, within(1.0));
  }
}
