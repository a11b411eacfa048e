package org.resnet4j.onednn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.ProgramListing;
import org.resnet4j.onednn.exec.TrainingProgram;
import org.resnet4j.onednn.lower.GraphReader;
import org.resnet4j.onednn.passes.Passes;

/**
 * Graphs are compiled to the steps and buffers that they were compiled to before: a change of the
 * compiler's structure changes no program. The committed digests are those of one thread with AVX2,
 * which any x86-64 machine since 2013 computes with {@code RESNET4J_MAX_ISA=avx2}. Names of
 * oneDNN's implementations, their scratch memory and the places of buffers are left out. {@code
 * -Daccept=true} writes the digests again; {@code -Dlistings=DIR} writes whole listings.
 */
class ProgramGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/org/resnet4j/onednn/programs.txt");

  private record Graph(String name, ComputationGraph network, long... input) {}

  private static Stream<Graph> graphs() {
    Stream<Graph> layers =
        Stream.of(
                LayerParityTest.convolutions(),
                GroupedParityTest.cases(),
                LayerParityTest.norms(),
                LayerParityTest.activations(),
                PoolParityTest.pools(),
                LayerParityTest.dense(),
                ActivationParityTest.trained(),
                ImageLayerParityTest.convolutions(),
                ImageLayerParityTest.others())
            .flatMap(cases -> cases)
            .map(
                sample ->
                    new Graph(
                        "layers: " + sample,
                        Samples.network(sample.configuration(), 1),
                        sample.data().shape()));
    Stream<Graph> graphs =
        Stream.of(
                GraphParityTest.cases(),
                AttentionParityTest.cases(),
                MergeParityTest.cases(),
                L2NormalizeTest.graphs())
            .flatMap(cases -> cases)
            .map(sample -> new Graph("graph: " + sample, sample.network(), 3, 4, 7, 6));
    Stream<Graph> architectures =
        ArchitectureParityTest.blocked()
            .map(
                named ->
                    new Graph(
                        "architecture: " + named.getName(),
                        Samples.network(ResNetGraph.of(named.getPayload()).configuration(), 1),
                        4,
                        named.getPayload().input().channels(),
                        named.getPayload().input().height(),
                        named.getPayload().input().width()));
    Graph dropout =
        new Graph(
            "dropout",
            Samples.network(
                Samples.chain(InputType.convolutional(5, 4, 8), new DropoutLayer(0.5)), 1),
            3,
            8,
            5,
            4);
    return Stream.of(layers, graphs, architectures, Stream.of(dropout)).flatMap(all -> all);
  }

  private static List<String> inference(Graph graph) {
    try (InferenceProgram program =
        new InferenceProgram(
            Passes.forInference(GraphReader.inference(graph.network, List.of(graph.input))),
            false,
            null)) {
      return ProgramListing.of(program);
    }
  }

  private static List<String> training(Graph graph) {
    try (TrainingProgram program =
        new TrainingProgram(
            Passes.forTraining(GraphReader.training(graph.network, List.of(graph.input))),
            false,
            () -> 1,
            null)) {
      return ProgramListing.of(program);
    }
  }

  /** The watch for NaN runs it again, since the JVM raises the processor's flag too. */
  @ParameterizedTest
  @MethodSource("graphs")
  void aForwardPassGivesTheSameResultAgain(Graph graph) {
    OneDnn.require(Precision.FP32);
    try (TrainingProgram program =
        new TrainingProgram(
            Passes.forTraining(GraphReader.training(graph.network, List.of(graph.input))),
            false,
            () -> 1,
            null)) {
      INDArray images = Samples.images(2, graph.input);
      assertThat(program.forward(images)).isTrue();
      List<INDArray> first = program.outputs().stream().map(INDArray::dup).toList();
      assertThat(program.forward(images)).isTrue();
      assertThat(program.outputs()).isEqualTo(first);
    }
  }

  @Test
  void programsAreWhatTheyWere() throws IOException {
    OneDnn.require(Precision.FP32);
    boolean comparable = CpuFeatures.instructionSet().equals("avx2") && Native.threads() == 1;
    assumeTrue(
        comparable || System.getProperty("listings") != null,
        "the digests are those of one thread with RESNET4J_MAX_ISA=avx2");
    Map<String, List<String>> listings = new TreeMap<>();
    graphs()
        .forEach(
            graph -> {
              listings.put(graph.name + ", inference", inference(graph));
              listings.put(graph.name + ", training", training(graph));
            });
    write(listings);
    assumeTrue(comparable, "listings were written, digests are not comparable");
    List<String> actual =
        listings.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + digest(entry.getValue()))
            .toList();
    if (Boolean.getBoolean("accept")) {
      Files.write(GOLDEN, actual);
    }
    assertThat(actual).isEqualTo(Files.readAllLines(GOLDEN));
  }

  private static String digest(List<String> listing) {
    String stable =
        listing.stream()
            .filter(line -> !line.contains(" scratch |"))
            .map(line -> line.replaceFirst(" @ .*", ""))
            .map(line -> line.replaceFirst("^(step .*\\|) (?!winograd|small_gemm)[^|]*$", "$1"))
            .collect(Collectors.joining("\n"));
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(stable.getBytes(UTF_8));
      return listing.stream().filter(line -> line.startsWith("step")).count()
          + " steps, "
          + HexFormat.of().formatHex(sum, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Map<String, List<String>> listings) {
    String directory = System.getProperty("listings");
    if (directory == null) {
      return;
    }
    listings.forEach(
        (name, lines) -> {
          try {
            Path file = Path.of(directory, name.replaceAll("[^A-Za-z0-9]+", "_") + ".txt");
            Files.write(file, lines);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
