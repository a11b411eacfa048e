package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ScheduleType;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.model.ModelFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.train.Schedule;
import org.resnet4j.train.SgdMomentum;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;

class TransferLearningTest {
  private static final int CLASSES = 5;

  /** An architecture with two blocks a stage, so that frozen additions precede frozen layers. */
  private static final Architecture ARCHITECTURE =
      Architectures.byName("cifar3stage_3x3")
          .with(arch -> arch.input(3, 12, 12).stemWidth(8).widths(8, 12, 16));

  /** A trained source, whose running statistics differ from the initial ones. */
  private static final ComputationGraph SOURCE = trained(ARCHITECTURE);

  enum Engine {
    DEEPLEARNING4J,
    ONEDNN;

    ComputationGraph of(ComputationGraph network) {
      return this == ONEDNN ? OneDnn.accelerate(network) : network;
    }
  }

  private static ComputationGraph trained(Architecture architecture) {
    ComputationGraph network = ResNetGraph.of(architecture).seed(3).updater(new Sgd(0.1)).network();
    network.fit(batch(architecture, 100, architecture.classes()));
    network.fit(batch(architecture, 101, architecture.classes()));
    return network;
  }

  private static DataSet batch(int seed) {
    return batch(ARCHITECTURE, seed, CLASSES);
  }

  private static DataSet batch(Architecture architecture, int seed, int classes) {
    Nd4j.getRandom().setSeed(seed);
    int images = 6;
    INDArray labels = Nd4j.zeros(DataType.FLOAT, images, classes);
    for (int i = 0; i < images; i++) {
      labels.putScalar(i, (i + seed) % classes, 1);
    }
    int side = architecture.input().height();
    return new DataSet(
        Nd4j.randn(DataType.FLOAT, images, architecture.input().channels(), side, side), labels);
  }

  private static Transfer transfer(Architecture architecture, ComputationGraph network) {
    return Transfer.of(
        new Model(
            architecture.name(),
            architecture,
            network,
            WeightPipelines.of(architecture, ""),
            ClassNames.numbered(architecture.classes()),
            Provenance.NONE));
  }

  private static Transfer transfer() {
    return transfer(ARCHITECTURE, SOURCE).classes(CLASSES).updater(new SgdMomentum(0.05, 0.9));
  }

  private static Map<String, INDArray> copies(ComputationGraph network) {
    Map<String, INDArray> copies = new TreeMap<>();
    network.paramTable().forEach((name, value) -> copies.put(name, value.dup()));
    return copies;
  }

  private static void close(ComputationGraph expected, ComputationGraph actual) {
    expected
        .paramTable()
        .forEach(
            (name, value) ->
                assertThat(value.sub(actual.getParam(name)).norm2Number().doubleValue())
                    .as(name)
                    .isLessThanOrEqualTo(1e-4 * value.norm2Number().doubleValue() + 1e-6));
  }

  private static void unchanged(
      Map<String, INDArray> before, ComputationGraph after, Predicate<String> expected) {
    assertThat(before.keySet()).anyMatch(expected).anyMatch(expected.negate());
    before.forEach(
        (name, value) ->
            assertThat(after.getParam(name).equalsWithEps(value, 0))
                .as(name + " is unchanged")
                .isEqualTo(expected.test(name)));
  }

  @Test
  void everyParameterButTheClassifierEqualsTheSource() {
    Map<String, INDArray> source = copies(SOURCE);
    ComputationGraph network = transfer().freezeThrough(StageName.C3).network();

    unchanged(source, withHeadOf(network), name -> !name.startsWith("head.fc_"));
    INDArray weights = network.getParam("head.fc_W");
    INDArray bias = network.getParam("head.fc_b");
    // torch.nn.Linear: uniform in ±1/√16, the bias too.
    assertThat(weights.shape()).containsExactly(16, CLASSES);
    assertThat(weights.amaxNumber().doubleValue()).isBetween(0.2, 0.25);
    assertThat(bias.amaxNumber().doubleValue()).isBetween(0.05, 0.25);
    assertThat(transfer().seed(1).network().getParam("head.fc_W")).isNotEqualTo(weights);
    assertThat(transfer().network().getParam("head.fc_W")).isEqualTo(weights);
  }

  /**
   * Returns the network's parameters with a head of the source's shape, so that all can be
   * compared.
   */
  private static ComputationGraph withHeadOf(ComputationGraph network) {
    ComputationGraph sameShape = transfer(ARCHITECTURE, SOURCE).seed(9).network();
    network
        .paramTable()
        .forEach(
            (name, value) -> {
              if (!name.startsWith("head.fc_")) {
                sameShape.setParam(name, value);
              }
            });
    return sameShape;
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void frozenPartsStayBitForBitEqualAndTheRestIsTrained(Engine engine) {
    ComputationGraph network =
        engine.of(transfer().freezeThrough(StageName.C3).weightDecay(0.01).network());
    Map<String, INDArray> before = copies(network);
    for (int step = 1; step <= 3; step++) {
      network.fit(batch(step));
    }
    unchanged(before, network, TransferLearningTest::isBeforeC4);
  }

  private static boolean isBeforeC4(String name) {
    return name.startsWith("stem.") || name.startsWith("stage0.") || name.startsWith("stage1.");
  }

  @ParameterizedTest
  @EnumSource(
      value = StageName.class,
      names = {"STEM", "C2", "C3", "C4"})
  void engineTrainingEqualsDeeplearning4j(StageName part) {
    ComputationGraph stock = transfer().freezeThrough(part).rate(StageName.HEAD, 2).network();
    ComputationGraph fast =
        OneDnn.accelerate(transfer().freezeThrough(part).rate(StageName.HEAD, 2).network());
    for (int step = 1; step <= 3; step++) {
      stock.fit(batch(step));
      fast.fit(batch(step));
    }
    close(stock, fast);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_cifar", "resnet110_v2_cifar", "seresnet50", "resnext50_32x4d"})
  void everyKindOfBlockCanBeFrozen(String name) {
    Architecture architecture = small(name);
    ComputationGraph source = ResNetGraph.of(architecture).seed(3).network();
    Transfer transfer =
        transfer(architecture, source)
            .classes(CLASSES)
            .freezeThrough(StageName.C3)
            .updater(new Sgd(0.01));
    ComputationGraph stock = transfer.network();
    ComputationGraph fast = OneDnn.accelerate(transfer.network());
    Map<String, INDArray> before = copies(stock);
    DataSet batch = batch(architecture, 1, CLASSES);
    stock.fit(batch);
    fast.fit(batch);
    close(stock, fast);
    before.forEach(
        (parameter, value) -> {
          if (isBeforeC4(parameter)) {
            assertThat(stock.getParam(parameter)).as(parameter).isEqualTo(value);
            assertThat(fast.getParam(parameter)).as(parameter).isEqualTo(value);
          }
        });
  }

  private static Architecture small(String name) {
    return Architectures.byName(name)
        .with(
            architecture -> {
              boolean four = name.endsWith("50") || name.endsWith("4d");
              architecture.classes(3).stemWidth(32).input(3, four ? 64 : 16, four ? 64 : 16);
              return four
                  ? architecture.depths(1, 2, 1, 1).widths(32, 32, 32, 32)
                  : architecture.depths(1, 2, 1).widths(32, 32, 32);
            });
  }

  /**
   * A part at {@code factor} × rate changes, in the first step of plain SGD, as in a network where
   * that is the rate of all parts.
   */
  @ParameterizedTest
  @EnumSource(Engine.class)
  void rateFactorScalesTheLearningRateOfItsPart(Engine engine) {
    double rate = 0.07;
    Map<String, Double> factors =
        Map.of("stem.", 0.01, "stage0.", 0.3, "stage2.", 1.0, "head.", 5.0);
    Transfer transfer =
        transfer()
            .updater(new Sgd(rate))
            .rate(StageName.STEM, 0.01)
            .rate(StageName.C2, 0.3)
            .rate(StageName.HEAD, 5);
    ComputationGraph network = engine.of(transfer.network());
    network.fit(batch(1));
    factors.forEach(
        (prefix, factor) -> {
          ComputationGraph reference =
              engine.of(transfer().updater(new Sgd(factor * rate)).network());
          reference.fit(batch(1));
          Map<String, INDArray> expected = copies(reference);
          expected.keySet().removeIf(name -> !name.startsWith(prefix));
          assertThat(expected).isNotEmpty();
          expected.forEach(
              (name, value) -> assertThat(network.getParam(name)).as(name).isEqualTo(value));
        });
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void rateFactorScalesLearningRateSchedules(Engine engine) {
    ComputationGraph network =
        engine.of(transfer().updater(new Sgd(falling(0.1))).rate(StageName.C4, 0.5).network());
    ComputationGraph reference = engine.of(transfer().updater(new Sgd(falling(0.05))).network());
    // The parameters are equal before each step, so that gradients are the same.
    for (int step = 1; step <= 4; step++) {
      network.setParams(reference.params().dup());
      network.fit(batch(step));
      reference.fit(batch(step));
      assertThat(network.getParam("stage2.block1.conv2_W"))
          .isEqualTo(reference.getParam("stage2.block1.conv2_W"));
      assertThat(network.getParam("head.fc_W")).isNotEqualTo(reference.getParam("head.fc_W"));
    }
  }

  private static Schedule falling(double peak) {
    return new Schedule.MultiStep(ScheduleType.ITERATION, peak, List.of(1, 3), 0.5);
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void savedNetworkContinuesTraining(Engine engine, @TempDir Path folder) throws IOException {
    IUpdater updater = new SgdMomentum(falling(0.05), 0.9);
    ComputationGraph network =
        engine.of(
            transfer()
                .freezeThrough(StageName.C3)
                .rate(StageName.C4, 0.1)
                .updater(updater)
                .network());
    network.fit(batch(1));
    Path file = folder.resolve("model.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);

    ComputationGraph restored = ModelFile.read(file, ModelFile.Updater.KEEP);
    assertThat(restored.getClass()).isEqualTo(ComputationGraph.class);
    INDArray images = batch(7).getFeatures();
    assertThat(restored.params()).isEqualTo(network.params());
    assertThat(restored.outputSingle(images).equalsWithEps(network.outputSingle(images), 1e-5))
        .isTrue();
    ComputationGraph continued = engine.of(restored);
    Map<String, INDArray> before = copies(continued);
    for (int step = 2; step < 5; step++) {
      network.fit(batch(step));
      continued.fit(batch(step));
    }
    assertThat(continued.params()).isEqualTo(network.params());
    unchanged(before, continued, TransferLearningTest::isBeforeC4);
  }

  @Test
  void frozenNetworkMayBeTheSourceOfAnotherTransfer() {
    ComputationGraph first = transfer().freezeThrough(StageName.C4).network();
    Architecture architecture = transfer().architecture();
    ComputationGraph second = transfer(architecture, first).classes(2).network();
    second.fit(batch(ARCHITECTURE, 1, 2));
    assertThat(second.getParam("stem.conv1_W")).isNotEqualTo(first.getParam("stem.conv1_W"));
  }

  @Test
  void weightFileWithAnyNumberOfClassesMayBeTheSource() throws IOException {
    ComputationGraph trained =
        Models.create(Architectures.byName("resnet20_cifar").with(arch -> arch.classes(7)), 7)
            .network();
    Tensors file =
        WeightBinder.view(
            trained,
            Plan.of(Architectures.byName("resnet20_cifar").with(arch -> arch.classes(7))),
            KeyMappings.byName("akamaster"));
    ComputationGraph network =
        Transfer.of(
                Models.of(file, LoadOptions.of("resnet20_cifar").tolerate(Tolerance.OTHER_CLASSES)))
            .classes(3)
            .network();
    assertThat(network.getParam("stage2.block2.conv2_W"))
        .isEqualTo(trained.getParam("stage2.block2.conv2_W"));
    assertThat(network.getParam("head.fc_W").shape()).containsExactly(64, 3);
  }

  @Test
  void imageSizeMayDifferFromTheSourceButChannelsMayNot() {
    ComputationGraph network = transfer().architecture(arch -> arch.input(3, 20, 20)).network();
    assertThat(network.outputSingle(Nd4j.zeros(DataType.FLOAT, 1, 3, 20, 20)).shape())
        .containsExactly(1, CLASSES);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> transfer().architecture(architecture -> architecture.input(1, 12, 12)).network())
        .withMessage(
            "cifar3stage_3x3: parameter \"W\" of stem.conv1: expected [8, 1, 3, 3] but the weights have [8, 3, 3, 3]; name the architecture that they are of, with its number of input channels");
  }

  @Test
  void invalidTransfersAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer().freezeThrough(StageName.HEAD))
        .withMessageContaining("leaves nothing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer().freezeThrough(StageName.C5))
        .withMessage(
            "cifar3stage_3x3: expected one of its parts, STEM, C2 to C4 or HEAD, but was C5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer().freezeThrough(StageName.C3).rate(StageName.C2, 0.1).network())
        .withMessage(
            "cifar3stage_3x3: expected learning rates of parts behind C3, through which it is frozen, but there is one of C2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer().rate(StageName.C2, 0).network())
        .withMessage("factor of a learning rate: expected more than 0 but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer().rate(StageName.C2, 0.5).updater(new NoOp()).network())
        .withMessageContaining("expected an updater that has a rate");
    Architecture five = ARCHITECTURE.with(arch -> arch.depths(1, 1, 1, 1, 1).widths(8, 8, 8, 8, 8));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> transfer(five, SOURCE))
        .withMessage("cifar3stage_3x3: expected at most 4 stages, C2 to C5, but there are 5");
  }

  @Test
  void ratesOfOtherUpdatersAreScaled() {
    ComputationGraph network = transfer().updater(new Adam(1e-3)).rate(StageName.C2, 0.5).network();
    assertThat(network.getLearningRate("stage0.block0.conv1")).isEqualTo(5e-4);
    assertThat(network.getLearningRate("stage1.block0.conv1")).isEqualTo(1e-3);
  }
}
