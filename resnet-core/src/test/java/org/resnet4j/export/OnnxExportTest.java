package org.resnet4j.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Family;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weights.NetworkTensors;

/** ONNX Runtime computes from exported files what stock Deeplearning4j computes. */
@Tag("locale")
class OnnxExportTest {
  /** The tolerance relative to the largest logit; summation order alone gives about 1e-6. */
  private static final double TOLERANCE = 1e-4;

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  /** The ranges of batch-norm parameters by the suffix of the parameter's name: from, to. */
  private static final Map<String, double[]> NORM =
      Map.of(
          "gamma", new double[] {0.3, 0.7},
          "beta", new double[] {-0.1, 0.1},
          "mean", new double[] {-0.1, 0.1},
          "var", new double[] {0.8, 1.2});

  @TempDir Path folder;

  static Stream<Named<Architecture>> architectures() {
    return Architectures.all().stream().map(arch -> Named.of(arch.name(), arch));
  }

  static Stream<Named<Architecture>> smallArchitectures() {
    return Architectures.all().stream().map(arch -> Named.of(arch.name(), small(arch)));
  }

  /**
   * Returns a narrow network with every kind of layer of the architecture and at most two blocks a
   * stage.
   */
  private static Architecture small(Architecture architecture) {
    if (architecture.stem().convolutions().isEmpty()) {
      return architecture;
    }
    return architecture.with(
        next ->
            next
                // The height is odd at every halving, so that windows extend beyond the image.
                .input(
                    architecture.input().channels(),
                    architecture.family() == Family.IMAGENET ? 72 : 32,
                    32)
                .classes(10)
                .stemWidth(Math.max(2, architecture.stem().width() / 4))
                .depths(
                    architecture.blocks().depths().stream()
                        .mapToInt(depth -> Math.min(depth, 2))
                        .toArray())
                .widths(
                    architecture.blocks().widths().stream().mapToInt(width -> width / 4).toArray())
                .normGroups(architecture.norms().groups() / 4));
  }

  @ParameterizedTest
  @MethodSource("smallArchitectures")
  void onnxRuntimeOutputEqualsDeeplearning4j(Architecture architecture) throws Exception {
    check(architecture, 3);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("architectures")
  void onnxRuntimeOutputAtFullSizeEqualsDeeplearning4j(Architecture architecture) throws Exception {
    check(architecture, 1);
  }

  private void check(Architecture architecture, int images) throws Exception {
    Plan plan = Plan.of(architecture);
    ComputationGraph network = network(architecture);
    INDArray input =
        architecture.input().isVector()
            ? Nd4j.rand(images, architecture.input().channels())
            : Nd4j.rand(
                images,
                architecture.input().channels(),
                architecture.input().height(),
                architecture.input().width());
    float[] expected = logits(network, input);
    for (BatchNorm batchNorm : BatchNorm.values()) {
      Path file = folder.resolve("model.onnx");
      OnnxExport.write(plan, network, batchNorm, file);
      assertThat(error(expected, run(file, OnnxExport.output(plan), input))).isLessThan(TOLERANCE);
    }
  }

  @Test
  void exportWithBatchNormIsLittleLargerThanItsParameters() throws Exception {
    Architecture architecture = small(Architectures.byName("resnet50"));
    Plan plan = Plan.of(architecture);
    Path file = folder.resolve("model.onnx");
    OnnxExport.write(plan, network(architecture), BatchNorm.KEPT, file);
    long bytes = 4 * plan.dl4jParameterCount();
    assertThat(Files.size(file)).isBetween(bytes, bytes + 500L * plan.nodes().size());
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void networkWithoutAClassifierIsExportedWithFeatures() throws Exception {
    Architecture architecture =
        small(Architectures.byName("resnet18")).with(next -> next.head(HeadKind.FEATURES));
    Path file = folder.resolve("model.onnx");
    ComputationGraph network = network(architecture);
    OnnxExport.write(Plan.of(architecture), network, BatchNorm.FOLDED, file);
    INDArray input = Nd4j.rand(2, 3, 72, 32);
    float[] expected = network.outputSingle(input).dup('c').data().asFloat();
    assertThat(error(expected, run(file, "features", input))).isLessThan(TOLERANCE);
  }

  @Test
  void networkOfAnotherArchitectureIsRefused() {
    ComputationGraph network = network(small(Architectures.byName("resnet18")));
    Plan plan = Plan.of(small(Architectures.byName("resnet50")));
    Path file = folder.resolve("model.onnx");
    assertThatThrownBy(() -> OnnxExport.write(plan, network, BatchNorm.KEPT, file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected a network made from resnet50, with 256 values in stage0.block0.conv1, but it"
                + " has 2304; pass the architecture that the network was made from");
    assertThat(file).doesNotExist();
  }

  private static ComputationGraph network(Architecture architecture) {
    ComputationGraph network = ResNetGraph.of(architecture).seed(1).network();
    Nd4j.getRandom().setSeed(1);
    network
        .paramTable()
        .forEach(
            (name, value) -> {
              double[] range = NORM.get(name.substring(name.lastIndexOf('_') + 1));
              if (range != null) {
                value.assign(Nd4j.rand(value.shape()).muli(range[1] - range[0]).addi(range[0]));
              }
            });
    return network;
  }

  /** Removes the softmax from the network. */
  private static float[] logits(ComputationGraph network, INDArray input) {
    String output = network.getConfiguration().getNetworkOutputs().get(0);
    if (network.getLayer(output).conf().getLayer() instanceof BaseOutputLayer layer) {
      layer.setActivationFn(new ActivationIdentity());
    }
    return network.outputSingle(input).dup('c').data().asFloat();
  }

  private static float[] run(Path file, String output, INDArray input)
      throws OrtException, IOException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      try (OrtSession session = ENVIRONMENT.createSession(file.toString(), options);
          OnnxTensor images =
              OnnxTensor.createTensor(
                  ENVIRONMENT, FloatBuffer.wrap(input.dup('c').data().asFloat()), input.shape());
          OrtSession.Result result = session.run(Map.of(OnnxExport.INPUT, images))) {
        OnnxTensor logits = (OnnxTensor) result.get(output).orElseThrow();
        FloatBuffer values = logits.getFloatBuffer();
        float[] copy = new float[values.remaining()];
        values.get(copy);
        return copy;
      }
    }
  }

  private static double error(float[] expected, float[] actual) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    }
    return difference / largest;
  }

  @Test
  void anExportedFileHasTheTensorsOfTheNetwork() throws Exception {
    Architecture architecture =
        Architectures.byName("resnet20_cifar").with(next -> next.depths(1, 1, 1).classes(3));
    ComputationGraph network = ResNetGraph.of(architecture).seed(3).network();
    Path file = folder.resolve("model.onnx");
    OnnxExport.write(Plan.of(architecture), network, BatchNorm.KEPT, file);
    NetworkTensors expected = NetworkTensors.of(network, Plan.of(architecture));
    try (Tensors tensors = WeightFile.open(file)) {
      assertThat(tensors.names()).containsAll(expected.names());
      for (String name : expected.names()) {
        assertThat(tensors.shape(name)).as(name).containsExactly(expected.shape(name));
        assertThat(tensors.read(name)).as(name).containsExactly(expected.read(name));
      }
    }
  }
}
