package org.resnet4j.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/**
 * Checkpoints at full width, in the forms in which torch and h5py publish them, give the same
 * outputs on stock Deeplearning4j and on the engine. {@code checkpoints.py} makes those of one
 * network at a time, and they are deleted after it; the largest network needs 2 GB.
 *
 * <pre>
 * mvn -Pslow test -pl resnet-zoo -am -Dtest=CheckpointParityTest -Dsurefire.failIfNoSpecifiedTests=false -Dcheckpoints=/tmp/checkpoints
 * </pre>
 */
@Tag("slow")
@EnabledIfSystemProperty(named = "checkpoints", matches = ".+")
class CheckpointParityTest {
  private static final double TOLERANCE = 1e-4;

  /** The path of the script from the folder of a module. */
  private static final Path SCRIPT = Path.of("src/test/python/checkpoints.py");

  private static final ParityReport REPORT = new ParityReport();

  /**
   * A network and its checkpoint files.
   *
   * @param name for the script
   * @param architecture the name of the architecture
   * @param golden the name of its golden
   */
  private record Checkpoint(String name, String architecture, String golden, List<String> files) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Checkpoint> checkpoints() {
    return Stream.of(
            Stream.of(
                    "resnet18",
                    "resnet34",
                    "resnet50",
                    "resnet101",
                    "resnet152",
                    "wide_resnet50_2",
                    "wide_resnet101_2")
                .map(
                    name ->
                        torchvision(
                            name,
                            ".zip.pth",
                            ".legacy.pth",
                            ".safetensors",
                            ".huggingface.safetensors")),
            // transformers has no grouped convolutions.
            Stream.of("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d")
                .map(name -> torchvision(name, ".zip.pth", ".legacy.pth", ".safetensors")),
            Stream.of("50", "101", "152")
                .flatMap(
                    depth ->
                        Stream.of(
                            other("keras-resnet" + depth, "resnet" + depth + "_v1", ".h5"),
                            other(
                                "keras-resnet" + depth + "v2",
                                "resnet" + depth + "_v2_keras",
                                ".h5"))),
            Stream.of(
                other("timm-resnet50d", "resnet50d", ".safetensors"),
                other("timm-resnetv2_50", "resnet50_v2", ".safetensors"),
                new Checkpoint(
                    "timm-seresnet50",
                    "seresnet50",
                    "seresnet50-64",
                    List.of("timm-seresnet50.safetensors"))))
        .flatMap(checkpoints -> checkpoints);
  }

  private static Checkpoint torchvision(String name, String... endings) {
    return new Checkpoint(
        name, name, name + "-64", Stream.of(endings).map(ending -> name + ending).toList());
  }

  private static Checkpoint other(String name, String architecture, String ending) {
    return new Checkpoint(name, architecture, "checkpoint-" + name, List.of(name + ending));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("checkpoints")
  void networkEqualsTheProgramThatWroteItsCheckpoint(Checkpoint checkpoint)
      throws IOException, InterruptedException {
    Path directory = Path.of(System.getProperty("checkpoints"));
    make(directory, checkpoint.name());
    try {
      for (String file : checkpoint.files()) {
        compare(directory.resolve(file), checkpoint);
      }
    } finally {
      delete(directory, checkpoint.name());
    }
  }

  private static void compare(Path file, Checkpoint checkpoint) throws IOException {
    Golden golden = Golden.only(checkpoint.golden());
    LoadOptions options =
        LoadOptions.of(checkpoint.architecture())
            .change(arch -> arch.input(Shape.parse(golden.field("input"))));
    Model loaded;
    long start = System.nanoTime();
    try (Tensors tensors = WeightFile.open(file)) {
      loaded = Models.of(tensors, options);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(requireNonNull(loaded.provenance().report()).isComplete())
        .as(requireNonNull(loaded.provenance().report()).describe())
        .isTrue();

    ComputationGraph network = KeyMappingParityTest.logits(loaded.network());
    String what = file.getFileName() + String.format(Locale.ROOT, " (%.1f s)", seconds);
    INDArray images = KeyMappingParityTest.images(golden);
    compare(golden, network.outputSingle(images), what, "stock");
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      compare(golden, compiled.output(images), what, "engine");
    }
  }

  private static void compare(Golden golden, INDArray logits, String what, String backend) {
    Comparison comparison = new Comparison(golden, TOLERANCE);
    comparison.whole("logits", Parity.values(logits));
    REPORT.add(what, DataType.FLOAT, backend, comparison.worst());
    REPORT.add(what, DataType.FLOAT, backend + ", absolute", comparison.largest());
  }

  private static void make(Path directory, String name) throws IOException, InterruptedException {
    Process python =
        new ProcessBuilder(
                System.getProperty("python", "python3"),
                SCRIPT.toString(),
                directory.toString(),
                name)
            .inheritIO()
            .start();
    assertThat(python.waitFor()).as("exit status of %s %s", SCRIPT, name).isZero();
  }

  private static void delete(Path directory, String name) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, name + ".*")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  @AfterAll
  static void report() {
    REPORT.print();
  }
}
