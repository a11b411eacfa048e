package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.RecognisedWeights;
import org.resnet4j.tensors.RenamedTensors;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightMismatchException;

/**
 * A network inside the modules of training code is found by its tensor names, and computes what
 * PyTorch computes with the entire module.
 */
class RecognisedWeightsTest {
  private static final List<String> FILES =
      List.of("wrapped-prefixes", "wrapped-pairs", "wrapped-classifiers");

  static Stream<String> computed() {
    return Stream.of(
        "data-parallel",
        "compiled",
        "nested",
        "lightning",
        "children-and-fc",
        "swa",
        "normalised",
        "model-and-ema",
        "dropout",
        "mmpretrain",
        "classifier",
        "sequential-head",
        "without-bias",
        "beside");
  }

  @ParameterizedTest
  @MethodSource("computed")
  void networkInAModuleComputesWhatTheModuleComputes(String name) throws IOException {
    Golden golden = golden(name);
    Architecture architecture = KeyMappingParityTest.architecture(golden);
    RecognisedWeights weights = RecognisedWeights.of(tensors(golden), null, architecture, Set.of());
    assertThat(weights.naming().name()).isEqualTo("torchvision");
    assertThat(weights.classes()).hasValue(5);
    assertThat(weights.channels()).hasValue(3);

    ComputationGraph network = KeyMappingParityTest.network(golden, DataType.DOUBLE);
    LoadReport report = weights.bind(Plan.of(architecture), network, Set.of());
    assertThat(report.isComplete()).as(report.describe()).isTrue();
    KeyMappingParityTest.compare(golden, network, KeyMappingParityTest.DOUBLE_TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lightning | left out criterion.weight, train_loss.weight: not of the network under model",
        "swa | left out n_averaged: not of the network under module",
        "model-and-ema | took the weights under model; the file also has ema_model",
        "mmpretrain | took head.fc as the classifier fc",
        "dropout | took fc.1 as the classifier fc",
        "sequential-head | took 1 as the classifier fc",
        "beside | left out projector.weight, projector.bias, aux_head.weight, aux_head.bias: not of"
            + " the network",
        "normalised | left out 0.mean, 0.std: not of the network under 1 / the file's network"
            + " normalises its input itself; the image pipeline needs the same mean and std",
        "moco | took the weights under encoder_q; the file also has encoder_k / left out"
            + " encoder_q.fc.weight, encoder_q.fc.bias, queue, queue_ptr: not of the network under"
            + " encoder_q",
      })
  void choicesAreReported(String name, String sentences) throws IOException {
    assertThat(
            String.join(
                " / ", recognised(name, HeadKind.CLASSIFIER).tensors().selection().sentences()))
        .isEqualTo(sentences);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "student-teacher | weights.file: expected the weights of one network but there are several:"
            + " student, teacher; choose one of these keys",
        "two-layers | weights.file: expected a classifier of one linear layer but it has further"
            + " layers: fc.0 [10 to 7], fc.2 [7 to 5]; take the network's features and apply these"
            + " layers to them, or train a new classifier",
        "followed | weights.file: expected a classifier of one linear layer but it has further"
            + " layers: fc [10 to 5], head [5 to 2]; take the network's features and apply these"
            + " layers to them, or train a new classifier",
        "normed-head | weights.file: expected a classifier of one linear layer but there is"
            + " head.0.weight beside head.1 [10 to 5]; take the network's features and apply these"
            + " layers to them, or train a new classifier",
        "several | weights.file: expected one classifier but several layers could be it: fc [10 to"
            + " 5], head [10 to 3]; save the file again with one of them, as fc",
      })
  void whatHasNoConventionIsRefused(String name, String sentence) throws IOException {
    assertThatThrownBy(() -> recognised(name, HeadKind.CLASSIFIER))
        .isInstanceOf(WeightFileException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({"student-teacher, student", "student-teacher, teacher", "moco, encoder_k"})
  void aKeyChoosesANetwork(String name, String key) throws IOException {
    Golden golden = golden(name);
    Tensors chosen = RenamedTensors.under(key, tensors(golden));
    RecognisedWeights weights =
        RecognisedWeights.of(chosen, null, KeyMappingParityTest.architecture(golden), Set.of());
    assertThat(weights.tensors().read("conv1.weight"))
        .isEqualTo(tensors(golden).read(key + ".conv1.weight"));
    assertThat(weights.tensors().selection().key()).isEqualTo(key);
  }

  /** The last layer of MoCo's networks is a projection. */
  @ParameterizedTest
  @CsvSource({"children", "moco", "byol"})
  void aNetworkWithoutClassifierGivesFeatures(String name) throws IOException {
    Golden golden = golden(name);
    Architecture features =
        KeyMappingParityTest.architecture(golden).with(arch -> arch.head(HeadKind.FEATURES));
    RecognisedWeights weights = recognised(name, HeadKind.FEATURES);
    assertThat(weights.classes()).isEmpty();
    ComputationGraph network = ResNetGraph.of(features).network();
    LoadReport report = weights.bind(Plan.of(features), network, Set.of());
    assertThat(report.isComplete()).as(report.describe()).isTrue();

    Architecture whole = KeyMappingParityTest.architecture(golden);
    ComputationGraph fresh = ResNetGraph.of(whole).network();
    RecognisedWeights again = recognised(name, HeadKind.CLASSIFIER);
    assertThatThrownBy(() -> again.bind(Plan.of(whole), fresh, Set.of()))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessage(
            "weights.file: expected a classifier of 5 classes (fc.weight, fc.bias) but the file has"
                + " none; take the network's features, or accept a classifier with fresh weights");
    LoadReport tolerant = again.bind(Plan.of(whole), fresh, Set.of(Tolerance.OTHER_CLASSES));
    assertThat(tolerant.changed())
        .containsExactly("head.fc: the file has no classifier: fresh weights");
  }

  @Test
  void aClassifierOfSeveralLayersIsLeftOutWhenAFreshOneIsAccepted() throws IOException {
    Golden golden = golden("two-layers");
    Architecture architecture = KeyMappingParityTest.architecture(golden);
    Set<Tolerance> fresh = Set.of(Tolerance.OTHER_CLASSES);
    RecognisedWeights weights = RecognisedWeights.of(tensors(golden), null, architecture, fresh);
    LoadReport report =
        weights.bind(Plan.of(architecture), ResNetGraph.of(architecture).network(), fresh);
    assertThat(report.notes())
        .containsExactly(
            "left out fc.0.weight, fc.0.bias, fc.2.weight, fc.2.bias: not of the network");
  }

  /** The expected probabilities are PyTorch's sigmoids of the file's one output. */
  @Test
  void oneOutputBecomesTwoClasses() throws IOException {
    Golden golden = golden("one-output");
    Map<String, Tensor> tensors = new LinkedHashMap<>(all(golden));
    tensors.computeIfPresent("fc.weight", (name, t) -> firstClass(t, 10, 1, 10));
    tensors.computeIfPresent("fc.bias", (name, t) -> firstClass(t, 1, 1));
    Architecture five = KeyMappingParityTest.architecture(golden);
    RecognisedWeights weights =
        RecognisedWeights.of(ForeignTensors.file(tensors), null, five, Set.of());
    assertThat(weights.classes()).hasValue(2);

    Architecture two = five.with(arch -> arch.classes(2));
    ComputationGraph network = ResNetGraph.of(two).dataType(DataType.DOUBLE).network();
    LoadReport report = weights.bind(Plan.of(two), network, Set.of());
    assertThat(report.absorbed())
        .containsExactly(
            "the file's one output, of a sigmoid, became the logit of the second of two classes");
    double[] expected = golden.tensor("logits");
    double[] actual =
        Parity.values(
            network.outputSingle(KeyMappingParityTest.images(golden).castTo(DataType.DOUBLE)));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[2 * i + 1]).isCloseTo(expected[i], within(1e-9));
    }

    assertThatThrownBy(() -> weights.bind(Plan.of(five), ResNetGraph.of(five).network(), Set.of()))
        .isInstanceOf(WeightMismatchException.class)
        .hasMessageContaining("expected a classifier of 5 classes")
        .hasMessageContaining("has one output, of a sigmoid; build the network with 2 classes");
  }

  private static Tensor firstClass(Tensor all, int count, long... shape) {
    return new Tensor(shape, Arrays.copyOf(all.values(), count));
  }

  private static RecognisedWeights recognised(String name, HeadKind head) throws IOException {
    Golden golden = golden(name);
    return RecognisedWeights.of(
        tensors(golden),
        null,
        KeyMappingParityTest.architecture(golden).with(arch -> arch.head(head)),
        Set.of());
  }

  private static Golden golden(String name) {
    return FILES.stream()
        .flatMap(file -> Golden.read(file).stream())
        .filter(golden -> golden.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Tensors tensors(Golden golden) throws IOException {
    return ForeignTensors.file(all(golden));
  }

  /** Returns the tensors of the module; those that are not of the network are 0. */
  private static Map<String, Tensor> all(Golden golden) throws IOException {
    Golden plain = Golden.only(golden.file());
    Map<String, Tensor> network = ForeignTensors.of(plain);
    return ForeignTensors.of(
        golden, words -> words[3].equals("-") ? zeros(words[4]) : network.get(words[3]));
  }

  private static Tensor zeros(String shape) {
    long[] sizes =
        shape.equals("-")
            ? new long[0]
            : Arrays.stream(shape.split("x", -1)).mapToLong(Long::parseLong).toArray();
    return new Tensor(
        sizes, new float[Math.toIntExact(Arrays.stream(sizes).reduce(1, Math::multiplyExact))]);
  }
}
