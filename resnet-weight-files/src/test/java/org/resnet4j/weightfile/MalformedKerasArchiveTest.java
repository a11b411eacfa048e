package org.resnet4j.weightfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.Operator;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.keras.KerasArchive;

/** Keras archives with invalid entries are refused. */
class MalformedKerasArchiveTest {
  private static final String MODEL_IN_A_MODEL =
      "{\"config\":{\"layers\":[{\"config\":{\"name\":\"stem\"},\"class_name\":\"Conv2D\"},"
          + "{\"class_name\":\"Functional\",\"config\":{\"name\":\"base\",\"layers\":[{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"conv1_conv\"}}]}}"
          + "]}}";
  private static final String TOO_DEEP = "{\"config\":{\"layers\":[".repeat(60);

  private static final String STEM =
      "{\"class_name\":\"Conv2D\",\"config\":{\"name\":\"stem\",\"use_bias\":false,\"strides\":2},\"inbound_nodes\":%s}";

  @TempDir Path folder;

  /** Returns a functional model of one convolution with these inputs. */
  private static String functional(String inbound, String outputs) {
    return "{\"class_name\":\"Functional\",\"config\":{\"layers\":["
        + STEM.formatted(inbound)
        + "],\"output_layers\":"
        + outputs
        + "}}";
  }

  /** Returns models whose layers are listed and whose connections are not clear. */
  static Stream<String> unclear() {
    return Stream.of(
        functional("[]", "[[\"stem\",0,0]]"),
        functional("7", "[[\"stem\",0,0]]"),
        functional("[[[[[[[[[[[[\"x\",0,0]]]]]]]]]]]]", "[[\"stem\",0,0]]"),
        functional("[[[\"x\",0,0,{}]]]", "[]"),
        functional("[[[\"x\",0,0,{}]]]", "[[7,0,0]]"),
        functional("[[[\"x\",0,0,{}]]]", "[[\"stem\",0,0]]").replace("Functional", "Mine"),
        functional("[[[\"x\",0,0,{}]]]", "[[\"stem\",0,0]]").replace("false", "true"),
        functional("[[[\"x\",0,0,{}]]]", "[[\"stem\",0,0]]")
            .replace(
                "{\"class_name\":\"Conv2D\"",
                STEM.formatted("[[[\"x\",0,0]]]") + ",{\"class_name\":\"Conv2D\""));
  }

  static Stream<String> configurations() {
    return Stream.concat(unclear(), refusedOrNested());
  }

  private static Stream<String> refusedOrNested() {
    return Stream.of(
        functional("[[[\"x\",0,0,{}]]]", "[[\"stem\",0,0]]"),
        MODEL_IN_A_MODEL,
        TOO_DEEP,
        "[1, \"x\"]",
        "{\"config\":{\"layers\":[",
        "{\"config\":nonsense}");
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        OutputStream out = zip;
        out.write(entry.getValue());
      }
    }
    return Files.write(folder.resolve("model.keras"), bytes.toByteArray());
  }

  private Path archive(String config, byte[] weights) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("config.json", config.getBytes(UTF_8));
    entries.put("model.weights.h5", weights);
    return zip(entries);
  }

  private static void refused(Path file, String sentence) {
    assertThatThrownBy(() -> KerasArchive.open(file).close())
        .isInstanceOf(WeightFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"config\":{\"layers\":[|config.json: expected JSON but: Unexpected end-of-input",
        "{\"config\":nonsense}|config.json: expected JSON but: Unrecognized token 'nonsense'",
      })
  void configurationThatIsNoJsonIsRefused(String config, String sentence) throws Exception {
    refused(archive(config, FormulaGoldens.bytes("keras/unnamed.weights.h5")), sentence);
  }

  @Test
  void tooDeeplyNestedConfigurationIsRefused() throws Exception {
    refused(
        archive(TOO_DEEP, FormulaGoldens.bytes("keras/unnamed.weights.h5")),
        "config.json: expected JSON but: Document nesting depth (101) exceeds the maximum allowed (100");
  }

  /** The layers are then numbered. */
  @Test
  void configurationWithoutLayersIsIgnored() throws Exception {
    Path file = archive("[1, \"x\"]", FormulaGoldens.bytes("keras/unnamed.weights.h5"));
    try (Tensors tensors = KerasArchive.open(file)) {
      assertThat(tensors.names()).contains("layers/conv2d/kernel:0");
    }
  }

  @Test
  void layersOfANestedModelHaveTheirOwnNames() throws Exception {
    Path file = archive(MODEL_IN_A_MODEL, FormulaGoldens.bytes("keras/nested.weights.h5"));
    try (Tensors tensors = KerasArchive.open(file)) {
      assertThat(tensors.names()).containsExactlyInAnyOrder("stem/kernel:0", "conv1_conv/kernel:0");
      FormulaGoldens.check(tensors, "conv1_conv/kernel:0", 1, 0, 1, 1, 2, 2);
    }
  }

  @Test
  void aClearDescriptionIsAGraph() throws Exception {
    String config = functional("[[[\"x\",0,0,{}]]]", "[[\"stem\",0,0]]");
    Path file = archive(config, FormulaGoldens.bytes("keras/nested.weights.h5"));
    try (Tensors tensors = KerasArchive.open(file)) {
      FileGraph graph = requireNonNull(tensors.graph());
      Operator conv = graph.operators().get(0);
      assertThat(conv.name()).isEqualTo("Conv2D \"stem\"");
      assertThat(conv.inputs()).containsExactly("x");
      assertThat(conv.parameters()).isEqualTo(Map.of(Operator.Role.WEIGHT, "stem/kernel:0"));
      assertThat(conv.attributes()).containsEntry("strides", List.of(2.0, 2.0));
      assertThat(graph.outputs()).containsExactly("stem");
    }
  }

  @ParameterizedTest
  @MethodSource("unclear")
  void anUnclearDescriptionIsNone(String config) throws Exception {
    Path file = archive(config, FormulaGoldens.bytes("keras/nested.weights.h5"));
    try (Tensors tensors = KerasArchive.open(file)) {
      assertThat(tensors.graph()).isNull();
    }
  }

  @Test
  void missingEntriesAreRefusedByName() throws Exception {
    refused(
        zip(Map.of("config.json", "{}".getBytes(UTF_8))),
        "expected the zip entry \"model.weights.h5\" but it is not there; save the model with Keras, in one piece");
    refused(
        zip(Map.of("model.weights.h5", new byte[9])),
        "expected the zip entry \"config.json\" but it is not there");
  }

  @Test
  void weightsThatAreNoHdf5AreRefused() throws Exception {
    refused(
        archive("{}", new byte[100]),
        "model.keras: model.weights.h5: expected an HDF5 file but its signature is not there");
  }

  @Test
  void hugeConfigurationIsRefused() throws Exception {
    byte[] noise = new byte[3 << 20];
    new Random(1).nextBytes(noise);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("noise", noise);
    entries.put("config.json", new byte[17 << 20]);
    entries.put("model.weights.h5", FormulaGoldens.bytes("keras/unnamed.weights.h5"));
    refused(zip(entries), "expected a configuration of at most 16777216 bytes but it has 17825792");
  }

  @Test
  void zipBombIsRefused() throws Exception {
    refused(archive("{}", new byte[20 << 20]), "expected entries of at most 16 times the file");
  }
}
