package org.resnet4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;

/** Every malformed file is refused in a sentence before any array is restored. */
class ModelFileTest {
  @TempDir Path folder;
  private ComputationGraph network;
  private Map<String, byte[]> entries;

  @BeforeEach
  void writeAModel() throws IOException {
    network =
        ResNetGraph.of(
                Architectures.byName("resnet20_cifar")
                    .with(arch -> arch.depths(1, 1, 1).widths(4, 8, 8).stemWidth(4)))
            .updater(new Adam(1e-3))
            .network();
    Path file = folder.resolve("good.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);
    entries = entries(file);
  }

  private static Map<String, byte[]> entries(Path file) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  @Test
  void writtenEntriesEqualThoseOfDeeplearning4j() throws IOException {
    Path file = folder.resolve("ours.zip");
    ModelFile.write(file, network, ModelFile.Updater.KEEP, Map.of("note.txt", "Grüße"));

    Map<String, byte[]> ours = entries(file);
    assertThat(ours.remove("note.txt")).asString(StandardCharsets.UTF_8).isEqualTo("Grüße");
    assertThat(ours.keySet()).isEqualTo(entries.keySet());
    ours.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(entries.get(name)));
    assertThat(ModelSerializer.restoreComputationGraph(file.toFile(), true).params())
        .isEqualTo(network.params());
  }

  @Test
  void updaterMayBeOmitted() throws IOException {
    Path file = folder.resolve("ours.zip");
    ModelFile.write(file, network, ModelFile.Updater.DROP, Map.of());

    assertThat(entries(file)).containsOnlyKeys("configuration.json", "coefficients.bin");
  }

  @Test
  void zipWithEclipsePackageNamesIsRead() throws IOException {
    String configuration =
        new String(entries.get("configuration.json"), StandardCharsets.UTF_8)
            .replace("\"org.deeplearning4j.", "\"org.eclipse.deeplearning4j.");
    assertThat(configuration)
        .contains("org.eclipse.deeplearning4j.nn.conf.layers.BatchNormalization");
    entries.put("configuration.json", configuration.getBytes(StandardCharsets.UTF_8));

    ComputationGraph back = ModelFile.read(written(), ModelFile.Updater.KEEP);

    assertThat(back.getConfiguration()).isEqualTo(network.getConfiguration());
    assertThat(back.params()).isEqualTo(network.params());
  }

  @Test
  void networkRoundTripsWithItsUpdater() throws IOException {
    ComputationGraph back = ModelFile.read(written(), ModelFile.Updater.KEEP);

    assertThat(back.params()).isEqualTo(network.params());
    assertThat(back.getConfiguration()).isEqualTo(network.getConfiguration());
    assertThat(back.getUpdater().getStateViewArray())
        .isEqualTo(network.getUpdater().getStateViewArray());
  }

  @Test
  void serialisedObjectsAreRefused() throws IOException {
    entries.put("preprocessor.bin", new byte[] {(byte) 0xac, (byte) 0xed});

    assertRefused("holds preprocessor.bin, a serialised Java object that could run code");
  }

  @Test
  void foreignClassesAreRefused() throws IOException {
    String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    entries.put(
        "configuration.json",
        json.replaceFirst(
                "org\\.deeplearning4j\\.nn\\.conf\\.layers\\.ConvolutionLayer", "com.evil.Layer")
            .getBytes(StandardCharsets.UTF_8));

    assertRefused("but it names com.evil.Layer");
  }

  @Test
  void entriesLargerThanTheNetworkAreRefused() throws IOException {
    byte[] good = Objects.requireNonNull(entries.get("coefficients.bin"));
    entries.put("coefficients.bin", Arrays.copyOf(good, good.length + 10_000_000));

    assertRefused("bytes of values but there are ");
  }

  /** The length of the values follows mode, shape and the shape's own header. */
  @Test
  void arrayHeaderWithMoreValuesThanTheNetworkIsRefused() throws IOException {
    byte[] claim = Objects.requireNonNull(entries.get("coefficients.bin")).clone();
    int valueCount = (int) network.numParams();
    byte[] length = ByteBuffer.allocate(Long.BYTES).putLong(valueCount).array();
    int at =
        IntStream.range(0, 400)
            .filter(i -> Arrays.equals(Arrays.copyOfRange(claim, i, i + 8), length))
            .reduce((first, second) -> second)
            .orElseThrow();
    ByteBuffer.wrap(claim).putLong(at, 1L << 40);
    entries.put("coefficients.bin", claim);

    assertRefused(
        "coefficients.bin: expected "
            + valueCount
            + " parameters of this network but it holds "
            + (1L << 40));
  }

  @Test
  void duplicateClassOfAnObjectIsRefused() throws IOException {
    String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    entries.put(
        "configuration.json",
        json.replaceFirst("\"@class\"", "\"@class\" : \"com.evil.Layer\", \"@class\"")
            .getBytes(StandardCharsets.UTF_8));

    assertRefused("Duplicate field '@class'");
  }

  @Test
  void fileThatIsNoModelIsRefused() throws IOException {
    byte[] coefficients = Objects.requireNonNull(entries.remove("coefficients.bin"));
    assertRefused("expected the entries configuration.json and coefficients.bin");
    entries.put("coefficients.bin", coefficients);
    entries.put("configuration.json", "{".getBytes(StandardCharsets.UTF_8));
    assertRefused("configuration.json: Unexpected end-of-input");
    Path text = Files.writeString(folder.resolve("text.zip"), "not a zip");
    assertThatIOException()
        .isThrownBy(() -> ModelFile.read(text, ModelFile.Updater.DROP))
        .withMessageContaining("expected a whole zip of a model");
    assertThatIOException()
        .isThrownBy(() -> ModelFile.read(folder.resolve("none.zip"), ModelFile.Updater.DROP))
        .withMessageEndingWith(
            "none.zip: there is no such model file; expected a zip that train wrote");
  }

  private void assertRefused(String message) throws IOException {
    Path file = written();
    assertThatIOException()
        .isThrownBy(() -> ModelFile.read(file, ModelFile.Updater.DROP))
        .withMessageContaining(file.toString())
        .withMessageContaining(message);
  }

  private Path written() throws IOException {
    Path file = folder.resolve("model.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }
}
