package org.resnet4j.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;

/**
 * Models that describe their network compute here what torch computes, or are refused. The files
 * and numbers are those of {@code graph_goldens.py}.
 */
class FileArchitectureTest {
  /** The tolerance relative to the largest output, of single against double precision. */
  private static final double TOLERANCE = 2e-5;

  /** The architectures with every kind of block, stem and shortcut. */
  private static final List<String> FORMS =
      List.of(
          "resnet18",
          "resnet50_v1",
          "resnet50d",
          "resnext50_32x4d",
          "seresnet50",
          "resnet26t",
          "resnet50_v2",
          "resnet50_v2_keras",
          "resnet18_v2_gluon",
          "resnet20_cifar",
          "resnet20_cifar_b",
          "wrn_16_4",
          "cifar3stage",
          "residual_mlp");

  @TempDir Path folder;

  private static Architecture basic() {
    return narrow("resnet18", new int[] {1, 1, 1, 1}, new int[] {2, 4, 4, 6});
  }

  private static Architecture bottleneck() {
    return narrow("resnet50", new int[] {2, 1, 1, 1}, new int[] {2, 2, 3, 4});
  }

  private static Architecture keras() {
    return narrow("resnet50_v1", new int[] {1, 1, 1, 1}, new int[] {2, 2, 2, 3});
  }

  private static Architecture narrow(String name, int[] depths, int[] widths) {
    return Architectures.byName(name)
        .with(arch -> arch.classes(5).input(3, 32, 32).stemWidth(2).depths(depths).widths(widths));
  }

  private Tensors open(String file) throws IOException {
    Path copy = folder.resolve(file);
    String resource = file.endsWith(".h5") ? file + ".gz" : file;
    try (InputStream in = FileArchitectureTest.class.getResourceAsStream(resource)) {
      byte[] bytes =
          resource.equals(file) ? in.readAllBytes() : new GZIPInputStream(in).readAllBytes();
      Files.write(copy, bytes);
    }
    return WeightFile.open(copy);
  }

  private static INDArray images() {
    float[] values = new float[2 * 3 * 32 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = 37 * i % 1000 / 512f - 1;
    }
    return Nd4j.createFromArray(values).reshape(2, 3, 32, 32);
  }

  private static float[] logits(ComputationGraph network) {
    String output = network.getConfiguration().getNetworkOutputs().get(0);
    if (network.getLayer(output).conf().getLayer() instanceof BaseOutputLayer layer) {
      layer.setActivationFn(new ActivationIdentity());
    }
    return network.outputSingle(images()).dup('c').data().asFloat();
  }

  private static void assertComputes(String golden, ComputationGraph network) throws IOException {
    String[] line = null;
    try (InputStream in = FileArchitectureTest.class.getResourceAsStream("graphs.txt")) {
      for (String next : new String(in.readAllBytes(), UTF_8).split("\n", -1)) {
        line = next.startsWith(golden + " ") ? next.split(" ", -1) : line;
      }
    }
    double[] expected = Arrays.stream(line).skip(1).mapToDouble(Double::parseDouble).toArray();
    assertEqual(expected, logits(network));
  }

  private static void assertEqual(double[] expected, float[] actual) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]) / largest).as("%d", i).isLessThan(TOLERANCE);
    }
  }

  /** A network with the weights of a file. */
  private record Loaded(Architecture architecture, ComputationGraph network, LoadReport report) {}

  private static Loaded load(Architecture asked, Tensors tensors) throws IOException {
    Architecture architecture = FileArchitecture.adopt(asked, tensors);
    return bind(architecture, tensors);
  }

  private static Loaded bind(Architecture architecture, Tensors tensors) throws IOException {
    ComputationGraph network = ResNetGraph.of(architecture).seed(1).network();
    LoadReport report =
        WeightBinder.bind(
            tensors, KeyMappings.recognise(tensors), Plan.of(architecture), network, Set.of());
    assertThat(report.isComplete()).as(report.describe()).isTrue();
    return new Loaded(architecture, network, report);
  }

  @Test
  void anEpsilonOfAnOnnxModelIsAdopted() throws Exception {
    try (Tensors tensors = open("epsilon.onnx")) {
      Loaded loaded = load(basic(), tensors);
      assertThat(loaded.architecture()).isEqualTo(basic().with(arch -> arch.epsilon(1e-3)));
      assertThat(loaded.report().absorbed()).isEmpty();
      assertThat(loaded.report().naming()).isEqualTo("torchvision");
      assertThat(loaded.report().loaded()).contains("layer1.0.conv1.weight").hasSize(62);
      assertComputes("epsilon", loaded.network());
    }
  }

  /** A network that was built before the file was opened keeps its ε, and the function is right. */
  @Test
  void anEpsilonThatIsNotAdoptedIsFoldedIntoVariances() throws Exception {
    try (Tensors tensors = open("epsilon.onnx")) {
      Loaded loaded = bind(basic(), tensors);
      assertThat(loaded.report().absorbed())
          .containsExactly(
              "an epsilon of 0.001 instead of 1.0E-5 was folded into the variances of 12 batch norms");
      assertComputes("epsilon", loaded.network());
    }
  }

  @Test
  void severalEpsilonsAreFoldedIntoVariances() throws Exception {
    try (Tensors tensors = open("two_epsilons.onnx")) {
      Loaded loaded = load(basic(), tensors);
      assertThat(loaded.architecture()).isEqualTo(basic());
      assertComputes("two_epsilons", loaded.network());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1_folded"})
  void thePlaceOfTheStrideIsAdopted(String name) throws Exception {
    try (Tensors tensors = open(name + ".onnx")) {
      Loaded loaded = load(bottleneck(), tensors);
      assertThat(loaded.architecture())
          .isEqualTo(bottleneck().with(arch -> arch.downsampling(Downsampling.FIRST_CONV)));
      assertComputes(name, loaded.network());
    }
  }

  @Test
  void stridesOfTheStagesAreAdopted() throws Exception {
    try (Tensors tensors = open("last_stride.onnx")) {
      Loaded loaded = load(basic(), tensors);
      assertThat(loaded.architecture().blocks().strides()).containsExactly(1, 2, 2, 1);
      assertComputes("last_stride", loaded.network());
    }
  }

  @Test
  void foldedBatchNormsWithLostNamesAreMatchedByTheGraph() throws Exception {
    try (Tensors tensors = open("folded.onnx")) {
      assertThat(tensors.names()).noneMatch(name -> name.startsWith("layer"));
      Loaded loaded = load(bottleneck(), tensors);
      assertThat(loaded.architecture()).isEqualTo(bottleneck());
      assertThat(loaded.report().absorbed())
          .containsExactly(
              "20 batch norms that the file has folded into convolutions became additions of their biases");
      assertThat(loaded.report().loaded()).contains("fc.weight").hasSize(42);
      assertThat(loaded.report().naming()).isEqualTo("its graph");
      assertComputes("folded", loaded.network());
    }
  }

  @Test
  void parametersThatTheExporterSharesAreFollowed() throws Exception {
    try (Tensors tensors = open("shared.onnx")) {
      assertThat(tensors.names()).doesNotContain("layer2.0.bn2.weight");
      assertComputes("shared", load(basic(), tensors).network());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dilated|Conv \"/layer4/layer4.0/conv2/Conv\"|expected dilations [1, 1] but was [2, 2]",
        "leaky|LeakyRelu \"/layer2/layer2.0/relu_1/LeakyRelu\"|expected Relu for stage1.block0.relu but it has",
        "unpadded|Conv \"/conv1/Conv\"|expected pads [3, 3, 3, 3] but was [2, 2, 2, 2]",
      })
  void whatAnArchitectureCannotHaveIsRefusedByNodeAndAttribute(
      String name, String node, String sentence) throws Exception {
    try (Tensors tensors = open(name + ".onnx")) {
      Architecture asked = name.equals("dilated") ? bottleneck() : basic();
      for (boolean adopt : new boolean[] {true, false}) {
        assertThatThrownBy(
                () -> {
                  if (adopt) {
                    FileArchitecture.adopt(asked, tensors);
                  } else {
                    bind(asked, tensors);
                  }
                })
            .isInstanceOf(WeightMismatchException.class)
            .hasMessageStartingWith(
                tensors.source() + ": it describes another network than " + asked.name() + ": ")
            .hasMessageContaining(adopt || !name.equals("dilated") ? node : "Conv")
            .hasMessageContaining(adopt || !name.equals("dilated") ? sentence : "expected strides");
      }
    }
  }

  @Test
  void anotherDepthIsRefusedAtItsFirstDifference() throws Exception {
    try (Tensors tensors = open("folded.onnx")) {
      assertThatThrownBy(() -> load(basic(), tensors))
          .isInstanceOf(WeightMismatchException.class)
          .hasMessageContaining("folded.onnx: it describes another network than resnet18: ");
    }
  }

  @Test
  void aNetworkWithoutClassifierTakesTheLayersBeforeTheFilesClassifier() throws Exception {
    try (Tensors tensors = open("folded.onnx")) {
      Architecture features = bottleneck().with(arch -> arch.head(HeadKind.FEATURES));
      Loaded loaded = load(features, tensors);
      Loaded whole = load(bottleneck(), tensors);
      float[] expected =
          requireNonNull(
                  whole
                      .network()
                      .feedForward(images(), false)
                      .get(Plan.of(features).last().path().vertex()))
              .dup('c')
              .data()
              .asFloat();
      assertThat(loaded.network().outputSingle(images()).dup('c').data().asFloat())
          .containsExactly(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "keras_epsilon, .keras",
    "keras_names, .keras",
    "keras_whole, .h5",
  })
  void theEpsilonOfAWholeKerasModelIsAdopted(String name, String suffix) throws Exception {
    try (Tensors tensors = open(name + suffix)) {
      Loaded loaded = load(keras(), tensors);
      assertThat(loaded.architecture()).isEqualTo(keras().with(arch -> arch.epsilon(1e-3)));
      assertComputes(name, loaded.network());
    }
  }

  /** Keras pads after the image alone where the stride is 2. */
  @Test
  void paddingOfAKerasModelThatIsNotOursIsRefused() throws Exception {
    try (Tensors tensors = open("keras_stride.keras")) {
      assertThatThrownBy(() -> load(keras(), tensors))
          .isInstanceOf(WeightMismatchException.class)
          .hasMessageContaining(
              "Conv2D \"conv3_block1_2_conv\", for stage1.block0.conv2: expected pads [1, 1, 1, 1] but was [0, 0, 1, 1]");
    }
  }

  /** A file of weights alone has the ε of its family, unless the architecture says another. */
  @Test
  void theEpsilonOfKerasWeightsAloneIsThatOfTheArchitecture() throws Exception {
    try (Tensors tensors = open("keras_weights.h5")) {
      assertThat(tensors.graph()).isNull();
      Loaded loaded = load(keras().with(arch -> arch.epsilon(1e-3)), tensors);
      assertThat(loaded.report().absorbed()).noneMatch(line -> line.contains("epsilon"));
      assertComputes("keras_weights", loaded.network());
      Loaded usual = load(keras(), tensors);
      assertThat(usual.report().absorbed())
          .anyMatch(line -> line.startsWith("an epsilon of 1.001E-5 instead of 1.0E-5"));
    }
  }

  /** Weights alone do not state ε, so that they have the family's. */
  @Test
  void weightsOfANetworkWithALargerEpsilonAreExportedForTheFamilys() throws Exception {
    Architecture larger = basic().with(arch -> arch.epsilon(1e-3));
    ComputationGraph network = filled(larger);
    KeyMapping torchvision = KeyMappings.byName("torchvision");
    try (Tensors tensors = WeightBinder.view(network, Plan.of(larger), torchvision)) {
      Loaded loaded = load(basic(), tensors);
      assertSame(basic(), network.outputSingle(images()), loaded.network().outputSingle(images()));
    }
  }

  @ParameterizedTest
  @EnumSource(OnnxExport.BatchNorm.class)
  void exportsOfEveryArchitectureComeBack(OnnxExport.BatchNorm batchNorm) throws Exception {
    for (String name : FORMS) {
      Architecture small = small(Architectures.byName(name));
      ComputationGraph network = filled(small);
      Path file = folder.resolve("model.onnx");
      OnnxExport.write(Plan.of(small), network, batchNorm, file);
      try (Tensors tensors = WeightFile.open(file)) {
        Loaded loaded = load(small, tensors);
        assertThat(loaded.architecture()).as(small.name()).isEqualTo(small);
        INDArray input =
            small.input().isVector()
                ? Nd4j.linspace(-1, 1, 2L * small.input().channels())
                    .reshape(2, small.input().channels())
                : images().castTo(Nd4j.dataType());
        assertSame(small, network.outputSingle(input), loaded.network().outputSingle(input));
      }
    }
  }

  /** Whatever is in a file, it is adopted or refused in a sentence. */
  @ParameterizedTest
  @ValueSource(strings = {"folded.onnx", "epsilon.onnx", "keras_epsilon.keras", "keras_whole.h5"})
  void damagedDescriptionsAreReadOrRefused(String name) throws Exception {
    open(name).close();
    byte[] whole = Files.readAllBytes(folder.resolve(name));
    Random random = new Random(name.hashCode());
    Path file = folder.resolve("damaged");
    int adopted = 0;
    for (int i = 0; i < 40; i++) {
      byte[] bytes = whole.clone();
      for (int flips = 0; flips <= i % 4; flips++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(file, bytes);
      try (Tensors tensors = WeightFile.open(file)) {
        FileArchitecture.adopt(name.startsWith("keras") ? keras() : bottleneck(), tensors);
        adopted++;
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith(file.toString());
      }
    }
    assertThat(adopted).isLessThan(40);
  }

  private static void assertSame(Architecture architecture, INDArray expected, INDArray actual) {
    double difference = expected.sub(actual).amaxNumber().doubleValue();
    // Outputs are probabilities; folding rounds each weight once.
    assertThat(difference).as(architecture.name()).isLessThan(1e-5);
    assertThat(expected.stdNumber().doubleValue()).isGreaterThan(1e-3);
  }

  private static Architecture small(Architecture known) {
    if (known.stem().convolutions().isEmpty()) {
      return known;
    }
    List<Integer> depths = known.blocks().depths();
    return known.with(
        arch ->
            arch.input(3, 32, 32)
                .classes(5)
                .epsilon(1e-3)
                .stemWidth(Math.max(2, known.stem().width() / 4))
                .depths(depths.stream().mapToInt(depth -> Math.min(depth, 2)).toArray())
                .widths(known.blocks().widths().stream().mapToInt(width -> width / 4).toArray()));
  }

  /** Returns a network whose batch norms are no identities. */
  private static ComputationGraph filled(Architecture architecture) {
    ComputationGraph network = ResNetGraph.of(architecture).seed(1).network();
    Nd4j.getRandom().setSeed(1);
    network
        .paramTable()
        .forEach(
            (name, value) -> {
              if (name.endsWith("_gamma") || name.endsWith("_var")) {
                value.assign(Nd4j.rand(value.shape()).addi(0.5));
              } else if (name.endsWith("_beta") || name.endsWith("_mean")) {
                value.assign(Nd4j.rand(value.shape()).muli(0.2).subi(0.1));
              }
            });
    return network;
  }
}
