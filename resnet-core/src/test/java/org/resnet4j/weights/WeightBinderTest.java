package org.resnet4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;

@Tag("locale")
class WeightBinderTest {
  private static final Architecture ARCHITECTURE =
      Architectures.byName("resnet20_cifar")
          .with(arch -> arch.depths(1, 1).widths(4, 8).stemWidth(4).input(3, 8, 8).classes(5));

  @Test
  void boundNetworkEqualsTheNetworkThatTheWeightsAreFrom() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    ComputationGraph other = network(ARCHITECTURE, 2);
    LoadReport report = bind(file(trained, ARCHITECTURE), ARCHITECTURE, other);

    assertThat(other.params()).isEqualTo(trained.params());
    assertThat(report.isComplete()).isTrue();
    assertThat(report.loaded()).hasSize(5 * 5 + 2).contains("stage1.block0.bn2.running_var");
  }

  @Test
  void viewHasTheBatchCountersOfAPyTorchStateDict() {
    Tensors view =
        WeightBinder.view(network(ARCHITECTURE, 1), Plan.of(ARCHITECTURE), KeyMapping.ours());

    assertThat(view.names())
        .startsWith(
            "stem.conv1.weight",
            "stem.bn1.weight",
            "stem.bn1.bias",
            "stem.bn1.running_mean",
            "stem.bn1.running_var",
            "stem.bn1.num_batches_tracked")
        .endsWith("head.fc.weight", "head.fc.bias");
    assertThat(view.shape("stem.bn1.num_batches_tracked")).isEmpty();
    assertThat(view.shape("head.fc.weight")).containsExactly(5, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> view.shape("fc.weight"))
        .withMessage("resnet20_cifar: there is no tensor \"fc.weight\"");
  }

  @Test
  void frozenLayersAreReadAndWrittenLikeOthers() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    ComputationGraph frozen =
        new TransferLearning.GraphBuilder(network(ARCHITECTURE, 2))
            .fineTuneConfiguration(new FineTuneConfiguration.Builder().build())
            .setFeatureExtractor("stage0.block0.relu")
            .build();
    bind(file(trained, ARCHITECTURE), ARCHITECTURE, frozen);

    String variance = "stem.bn1.running_var";
    assertThat(WeightBinder.view(frozen, Plan.of(ARCHITECTURE), KeyMapping.ours()).read(variance))
        .isEqualTo(
            WeightBinder.view(trained, Plan.of(ARCHITECTURE), KeyMapping.ours()).read(variance));
  }

  @Test
  void viewReflectsChangesOfTheNetwork() throws IOException {
    ComputationGraph network = network(ARCHITECTURE, 1);
    Tensors view = WeightBinder.view(network, Plan.of(ARCHITECTURE), KeyMapping.ours());
    network.params().assign(3);

    assertThat(view.read("head.fc.weight")).containsOnly(3);
  }

  @Test
  void missingAndUnexpectedTensorsAreRefusedByName() {
    Map<String, Tensor> all = tensors(network(ARCHITECTURE, 1), ARCHITECTURE);
    all.remove("stage1.block0.conv1.weight");
    all.put("ema.decay", new Tensor(new long[0], new float[1]));
    ComputationGraph network = network(ARCHITECTURE, 2);
    INDArray before = network.params().dup();

    assertThatThrownBy(() -> bind(Tensors.of("a.pth", all), ARCHITECTURE, network))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.pth: expected the tensors of resnet20_cifar under the names of resnet4j but 1 are"
                + " missing (stage1.block0.conv1.weight) and 1 are unexpected (ema.decay); choose"
                + " the architecture or the naming that it was made with, or accept the"
                + " difference");
    assertThat(network.params()).isEqualTo(before);
  }

  @Test
  void toleratedTensorsAreReported() throws IOException {
    Map<String, Tensor> all = tensors(network(ARCHITECTURE, 1), ARCHITECTURE);
    all.remove("stage1.block0.conv1.weight");
    all.put("ema.decay", new Tensor(new long[0], new float[1]));
    ComputationGraph network = network(ARCHITECTURE, 2);
    INDArray fresh = network.getParam("stage1.block0.conv1_W").dup();
    LoadReport report =
        bind(
            Tensors.of("a.pth", all),
            ARCHITECTURE,
            network,
            EnumSet.of(Tolerance.MISSING, Tolerance.UNEXPECTED));

    assertThat(report.missing()).containsExactly("stage1.block0.conv1.weight");
    assertThat(report.unexpected()).containsExactly("ema.decay");
    assertThat(report.isComplete()).isFalse();
    assertThat(network.getParam("stage1.block0.conv1_W")).isEqualTo(fresh);
    assertThat(report.describe())
        .isEqualTo(
            """
            a.pth: 26 tensors loaded, names of resnet4j
              1 missing: stage1.block0.conv1.weight
              1 unexpected: ema.decay\
            """);
  }

  @Test
  void wrongShapeIsRefusedWithBothShapes() {
    Map<String, Tensor> all = tensors(network(ARCHITECTURE, 1), ARCHITECTURE);
    all.put("stem.conv1.weight", new Tensor(new long[] {4, 3, 5, 5}, new float[300]));

    assertThatThrownBy(() -> bind(Tensors.of("a.pth", all), ARCHITECTURE, network(ARCHITECTURE, 2)))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.pth: tensor \"stem.conv1.weight\": expected [4, 3, 3, 3] for stem.conv1 of"
                + " resnet20_cifar but it has [4, 3, 5, 5]; load it into the architecture it was"
                + " made for, or choose another naming than resnet4j");
  }

  @Test
  void otherClassCountIsRefusedUnlessAFreshClassifierIsRequested() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    Architecture seven = ARCHITECTURE.with(arch -> arch.classes(7));
    ComputationGraph network = network(seven, 2);
    INDArray fresh = network.getParam("head.fc_W").dup();

    assertThatThrownBy(() -> bind(file(trained, ARCHITECTURE), seven, network))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.pth: tensor \"head.fc.weight\": expected a classifier of 7 classes for"
                + " resnet20_cifar but it has 5; build the network with 5 classes, or accept a"
                + " classifier with fresh weights");
    LoadReport report =
        bind(file(trained, ARCHITECTURE), seven, network, Set.of(Tolerance.OTHER_CLASSES));
    assertThat(report.changed())
        .containsExactly("head.fc: 7 classes instead of the file's 5: fresh weights");
    assertThat(network.getParam("head.fc_W")).isEqualTo(fresh);
    assertThat(network.getParam("stem.conv1_W")).isEqualTo(trained.getParam("stem.conv1_W"));
  }

  /**
   * The expected figures are those of timm's {@code adapt_input_conv}: the sum, or all in turn
   * times 3 / channels.
   */
  @Test
  void otherInputChannelsAreSummedOrRepeated() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    INDArray kernel = trained.getParam("stem.conv1_W");
    for (int channels : new int[] {1, 2, 4, 7}) {
      Architecture architecture = ARCHITECTURE.with(next -> next.input(channels, 8, 8));
      ComputationGraph network = network(architecture, 2);

      assertThatThrownBy(() -> bind(file(trained, ARCHITECTURE), architecture, network))
          .hasMessageContaining(
              "build the network with the file's 3 input channels, or have the weights adapted");
      LoadReport report =
          bind(
              file(trained, ARCHITECTURE), architecture, network, Set.of(Tolerance.OTHER_CHANNELS));

      assertThat(report.changed()).hasSize(1);
      INDArray adapted = network.getParam("stem.conv1_W");
      for (int c = 0; c < channels; c++) {
        double expected =
            channels == 1
                ? kernel.getDouble(2, 0, 1, 2)
                    + kernel.getDouble(2, 1, 1, 2)
                    + kernel.getDouble(2, 2, 1, 2)
                : kernel.getDouble(2, c % 3, 1, 2) * 3 / channels;
        assertThat(adapted.getDouble(2, c, 1, 2)).isCloseTo(expected, within(1e-6));
      }
    }
  }

  @Test
  void inputChannelsAreAdaptedInTensorFlowLayout() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    KeyMapping last = with(Layout.OUT_LAST);
    Tensors file = WeightBinder.view(trained, Plan.of(ARCHITECTURE), last);
    Architecture five = ARCHITECTURE.with(arch -> arch.input(5, 8, 8));
    ComputationGraph one = network(five, 2);
    ComputationGraph other = network(five, 3);

    assertThat(file.shape("stem.conv1.weight")).containsExactly(3, 3, 3, 4);
    WeightBinder.bind(file, last, Plan.of(five), one, Set.of(Tolerance.OTHER_CHANNELS));
    bind(file(trained, ARCHITECTURE), five, other, Set.of(Tolerance.OTHER_CHANNELS));
    assertThat(one.params()).isEqualTo(other.params());
  }

  @Test
  void networkWithoutClassifierLoadsAFileWithClassifier() throws IOException {
    ComputationGraph trained = network(ARCHITECTURE, 1);
    Architecture features = ARCHITECTURE.with(arch -> arch.head(HeadKind.FEATURES));
    ComputationGraph network = network(features, 2);
    LoadReport report = bind(file(trained, ARCHITECTURE), features, network);

    assertThat(report.unexpected()).isEmpty();
    assertThat(report.changed()).containsExactly("head.fc: the network ends before it");
    assertThat(network.getParam("stem.conv1_W")).isEqualTo(trained.getParam("stem.conv1_W"));
  }

  /**
   * The quotient γ / √(var + ε) is the same for both ε, even where the variance is smaller than
   * their difference.
   */
  @Test
  void differentEpsilonIsAbsorbedEvenWhereTheVarianceIsTiny() throws IOException {
    Map<String, Tensor> all = tensors(network(ARCHITECTURE, 1), ARCHITECTURE);
    float[] variances = {0, 1e-9f, 9e-6f, 0.5f};
    all.put("stem.bn1.running_var", new Tensor(new long[] {4}, variances));
    all.put("stem.bn1.weight", new Tensor(new long[] {4}, new float[] {1, -2, 3, 0.25f}));
    for (double epsilon : new double[] {1e-7, 1.001e-5, 1e-3}) {
      ComputationGraph network = network(ARCHITECTURE, 2);
      LoadReport report =
          WeightBinder.bind(
              Tensors.of("a.h5", all),
              KeyMapping.ours().withEpsilon(epsilon),
              Plan.of(ARCHITECTURE),
              network,
              Set.of());

      assertThat(report.absorbed()).hasSize(1);
      INDArray gamma = network.getParam("stem.bn1_gamma");
      INDArray variance = network.getParam("stem.bn1_var");
      for (int c = 0; c < 4; c++) {
        double expected =
            all.get("stem.bn1.weight").values()[c] / Math.sqrt(variances[c] + epsilon);
        double actual = gamma.getDouble(c) / Math.sqrt(variance.getDouble(c) + 1e-5);
        assertThat(actual / expected).isCloseTo(1, within(1e-12));
        assertThat(variance.getDouble(c)).isNotNegative();
      }
    }
  }

  @Test
  void aNegativeVarianceIsRefused() {
    Map<String, Tensor> all = tensors(network(ARCHITECTURE, 1), ARCHITECTURE);
    all.put("stem.bn1.running_var", new Tensor(new long[] {4}, new float[] {1, Float.NaN, 1, 1}));

    assertThatThrownBy(() -> bind(Tensors.of("a.pth", all), ARCHITECTURE, network(ARCHITECTURE, 2)))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "a.pth: tensor \"stem.bn1.running_var\": expected finite numbers but value 1 is NaN;"
                + " the file is damaged, or of a training that diverged");
  }

  @Test
  void weightsOfResNetV1AreRefusedForV15() {
    Architecture fifty = Architectures.byName("resnet50");
    Tensors empty = Tensors.of("a.h5", Map.of());

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                WeightBinder.bind(
                    empty,
                    KeyMapping.ours().withDownsampling(Downsampling.FIRST_CONV),
                    Plan.of(fifty),
                    new ComputationGraph(ResNetGraph.of(fifty).configuration()),
                    Set.of()))
        .withMessage(
            "resnet50: bottlenecks have their stride in SPATIAL_CONV but in weights of resnet4j it"
                + " is in FIRST_CONV, and the tensors do not show it: load them into an"
                + " architecture of that form, for example as resnet50_v1");
  }

  @Test
  void viewWithADifferentEpsilonIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                WeightBinder.view(
                    network(ARCHITECTURE, 1),
                    Plan.of(ARCHITECTURE),
                    KeyMapping.ours().withEpsilon(1.001e-5)))
        .withMessageContaining("batch norms add 1.0E-5 to the variance here but 1.001E-5");
  }

  @Test
  void aNetworkOfAnotherPlanIsRefused() {
    Architecture deeper = ARCHITECTURE.with(arch -> arch.depths(2, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                bind(
                    file(network(ARCHITECTURE, 1), ARCHITECTURE), deeper, network(ARCHITECTURE, 2)))
        .withMessage(
            "the network has no vertex stage0.block1.conv1; expected one made from the plan of"
                + " resnet20_cifar");
  }

  @Test
  void everyParameterHasANameInArchitecturesOutsideTorchvision() {
    UnaryOperator<ArchitectureBuilder> small = arch -> arch.classes(3);
    for (String name : List.of("residual_mlp", "resnet18_d2l", "cifar3stage_3x3")) {
      Architecture architecture = Architectures.byName(name).with(small);
      Tensors view =
          WeightBinder.view(network(architecture, 1), Plan.of(architecture), KeyMapping.ours());
      assertThat(view.names().stream().filter(tensor -> !tensor.endsWith("_tracked")).count())
          .isEqualTo(network(architecture, 1).paramTable().size());
    }
  }

  private static KeyMapping with(Layout layout) {
    KeyMapping ours = KeyMapping.ours();
    return new KeyMapping(
        ours.name(),
        ours.layers(),
        ours.suffixes(),
        layout,
        ours.epsilon(),
        ours.downsampling(),
        ours.ignored(),
        ours.pointwise(),
        ours.counter());
  }

  private static ComputationGraph network(Architecture architecture, long seed) {
    ComputationGraph network =
        ResNetGraph.of(architecture).seed(seed).dataType(DataType.DOUBLE).network();
    Nd4j.getRandom().setSeed(seed);
    network
        .paramTable()
        .forEach(
            (name, parameter) ->
                parameter.assign(Nd4j.rand(DataType.FLOAT, parameter.shape()).addi(0.1)));
    return network;
  }

  private static Tensors file(ComputationGraph network, Architecture architecture) {
    return Tensors.of("a.pth", tensors(network, architecture));
  }

  private static Map<String, Tensor> tensors(ComputationGraph network, Architecture architecture) {
    Tensors view = WeightBinder.view(network, Plan.of(architecture), KeyMapping.ours());
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : view.names()) {
      try {
        tensors.put(name, new Tensor(view.shape(name), view.read(name)));
      } catch (IOException impossible) {
        throw new AssertionError(impossible);
      }
    }
    return tensors;
  }

  private static LoadReport bind(Tensors file, Architecture architecture, ComputationGraph network)
      throws IOException {
    return bind(file, architecture, network, Set.of());
  }

  private static LoadReport bind(
      Tensors file, Architecture architecture, ComputationGraph network, Set<Tolerance> tolerated)
      throws IOException {
    return WeightBinder.bind(file, KeyMapping.ours(), Plan.of(architecture), network, tolerated);
  }
}
