package org.resnet4j.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.model.ModelFile;
import org.resnet4j.support.Json;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.zoo.LabelFile;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Provenance;

/** Every reader of JSON refuses malformed text in our words, without names of its parser. */
class JsonRefusalsTest {
  private static final String ENTRY = "resnet4j-model.json";

  @TempDir static Path folder;
  private static Model model = Models.create("resnet8");
  private static ComputationGraph network = model.network();

  private interface Reader {
    Object read(String json) throws IOException;
  }

  @BeforeAll
  static void description() throws IOException {
    Files.writeString(folder.resolve("model.safetensors"), "none");
  }

  private static Object hub(String json) throws IOException {
    Files.writeString(folder.resolve("config.json"), json);
    return Models.open(folder);
  }

  private static Object entry(String name, String json) throws IOException {
    Path zip = folder.resolve("model.bin");
    ModelFile.write(zip, network, ModelFile.Updater.DROP, Map.of(name, json));
    return Models.open(zip);
  }

  private static Object labels(String json) throws IOException {
    return LabelFile.read(Files.writeString(folder.resolve("labels.json"), json));
  }

  private static Object keras(String json) throws IOException {
    Path file = folder.resolve("x.keras");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : List.of("config.json", "model.weights.h5")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(json.getBytes(UTF_8));
      }
    }
    return WeightFile.open(file);
  }

  private static Named<Reader> named(String name, Reader reader) {
    return Named.of(name, reader);
  }

  static Stream<Arguments> malformed() {
    List<Named<Reader>> readers =
        List.of(
            named("model", json -> entry(ENTRY, json)),
            named("run of a model", json -> entry(Provenance.RUN_ENTRY, json)),
            named("run", json -> RunRecord.parse("run.json", json.getBytes(UTF_8))),
            named("pipeline", json -> ImagePipeline.ofTree(Json.parse(json))),
            named("hub", JsonRefusalsTest::hub),
            named("labels", JsonRefusalsTest::labels),
            named("keras", JsonRefusalsTest::keras));
    List<String> texts =
        List.of(
            "{",
            "{\"a\":[1,",
            "{\"a\" 1}",
            "{\"a\":nonsense}",
            "{\"a\":NaN}",
            "{'a':1}",
            "{\"a\":\"\n\"}",
            "{\"a\":1]",
            "{\"a\":01}",
            "{\"a\":\"\\q\"}",
            "{\"a\":" + "[".repeat(2000),
            "{\"a\":" + "1".repeat(2000) + "}",
            "{\"setup\":[],\"format\":[],\"architecture\":7}",
            "{\"setup\":{\"architecture\":{\"name\":[]},\"seed\":\"x\"},\"format\":\"x\"}",
            "{\"format\":1,\"pipeline\":3,\"setup\":{\"stats\":7},\"status\":\"DONE\"}");
    return readers.stream().flatMap(reader -> texts.stream().map(it -> Arguments.of(reader, it)));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("malformed")
  void malformedTextIsRefusedInOurWords(Reader reader, String json) {
    assertThatThrownBy(() -> reader.read(json))
        .isInstanceOf(IOException.class)
        .message()
        .isNotBlank()
        .doesNotContainPattern(
            "\\p{Cntrl}|(?i)jackson|StreamRead|Source:|`|java\\.|org\\.resnet4j");
  }
}
