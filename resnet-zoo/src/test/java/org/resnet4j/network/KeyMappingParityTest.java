package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.Tensors.Tensor;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.WeightBinder;

/**
 * Narrow networks with the tensors of torchvision, timm, transformers, akamaster, Keras and Gluon
 * compute what those programs compute.
 */
@Tag("locale")
class KeyMappingParityTest {
  /** The remaining accuracy of double precision after some ten layers. */
  static final double DOUBLE_TOLERANCE = 1e-9;

  private static final double FLOAT_TOLERANCE = 1e-4;

  private static final ParityReport REPORT = new ParityReport();

  static Stream<Golden> goldens() {
    return Stream.of("torchvision", "timm", "akamaster", "huggingface", "keras", "gluon")
        .map(family -> Golden.read("names-" + family))
        .flatMap(List::stream);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void doubleNetworkEqualsTheProgramOfItsWeights(Golden golden) throws IOException {
    Tensors tensors = ForeignTensors.file(ForeignTensors.of(golden));
    ComputationGraph network = network(golden, DataType.DOUBLE);
    bind(tensors, KeyMappings.recognise(tensors), golden, network);
    REPORT.add(golden.file(), DataType.DOUBLE, "bound", compare(golden, network, DOUBLE_TOLERANCE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void floatNetworkEqualsTheProgramOfItsWeightsOnBothEngines(Golden golden) throws IOException {
    Tensors tensors = ForeignTensors.file(ForeignTensors.of(golden));
    ComputationGraph network = network(golden, DataType.FLOAT);
    bind(tensors, KeyMappings.recognise(tensors), golden, network);
    REPORT.add(golden.file(), DataType.FLOAT, "bound", compare(golden, network, FLOAT_TOLERANCE));
    Comparison comparison = new Comparison(golden, FLOAT_TOLERANCE);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      comparison.whole("logits", Parity.values(compiled.output(images(golden))));
    }
    REPORT.add("engine " + golden.file(), DataType.FLOAT, "bound", comparison.worst());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void everyTensorIsBound(Golden golden) throws IOException {
    Map<String, Tensor> all = ForeignTensors.of(golden);
    Tensors tensors = ForeignTensors.file(all);
    KeyMapping naming = KeyMappings.recognise(tensors);
    LoadReport report = bind(tensors, naming, golden, network(golden, DataType.FLOAT));

    assertThat(report.isComplete()).isTrue();
    assertThat(golden.name())
        .startsWith(naming.name().equals("akamaster") ? "" : naming.name().replace("-v2", ""));
    Set<String> absorbed =
        Set.copyOf(
            all.keySet().stream()
                .filter(name -> !report.loaded().contains(name))
                .filter(name -> !name.endsWith("num_batches_tracked"))
                .toList());
    assertThat(absorbed).allMatch(name -> name.matches(".*conv\\d*[/_]bias(:0)?"));
    if (golden.name().startsWith("keras-v")) {
      assertThat(report.absorbed())
          .anyMatch(line -> line.contains("an epsilon of 1.001E-5 instead of 1.0E-5"));
    }
    assertThat(absorbed.isEmpty())
        .isEqualTo(report.absorbed().stream().noneMatch(line -> line.startsWith("biases")));
  }

  /** Returns the goldens without absorbed biases and epsilons, which are not exported again. */
  static Stream<Golden> withoutAbsorption() {
    return goldens().filter(golden -> !golden.name().matches("keras-v.*|gluon-v1"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("withoutAbsorption")
  void viewOfTheNetworkEqualsItsWeightFile(Golden golden) throws IOException {
    Map<String, Tensor> all = ForeignTensors.of(golden);
    Tensors tensors = ForeignTensors.file(all);
    KeyMapping naming = KeyMappings.recognise(tensors);
    ComputationGraph network = network(golden, DataType.FLOAT);
    bind(tensors, naming, golden, network);
    Tensors view = WeightBinder.view(network, Plan.of(architecture(golden)), naming);

    assertThat(view.names()).containsExactlyInAnyOrderElementsOf(tensors.names());
    for (String name : tensors.names()) {
      assertThat(view.shape(name)).as(name).isEqualTo(tensors.shape(name));
      assertThat(view.read(name)).as(name).isEqualTo(tensors.read(name));
    }
  }

  static LoadReport bind(
      Tensors tensors, KeyMapping naming, Golden golden, ComputationGraph network)
      throws IOException {
    return WeightBinder.bind(tensors, naming, Plan.of(architecture(golden)), network, Set.of());
  }

  static Architecture architecture(Golden golden) {
    return SmallNetworkParityTest.architecture(golden);
  }

  /** Returns a network with a classifier that outputs logits. */
  static ComputationGraph network(Golden golden, DataType type) {
    return logits(ResNetGraph.of(architecture(golden)).dataType(type).network());
  }

  static ComputationGraph logits(ComputationGraph network) {
    BaseLayer classifier = (BaseLayer) network.getOutputLayer(0).conf().getLayer();
    classifier.setActivationFn(new ActivationIdentity());
    return network;
  }

  /** Returns the largest relative error, or throws an {@link AssertionError}. */
  static double compare(Golden golden, ComputationGraph network, double tolerance) {
    Comparison comparison = new Comparison(golden, tolerance);
    INDArray images = images(golden).castTo(network.params().dataType());
    comparison.whole("logits", Parity.values(network.outputSingle(images)));
    return comparison.worst();
  }

  static INDArray images(Golden golden) {
    Shape input = Shape.parse(golden.field("input"));
    return Formula.images(golden.number("batch"), input.channels(), input.height(), input.width());
  }

  @AfterAll
  static void report() {
    REPORT.print();
  }
}
