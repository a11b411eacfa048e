package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.safetensors.Safetensors;

@Tag("locale")
class SafetensorsTest {
  private static final Map<String, String> METADATA =
      Map.of("format", "pt", "author", "a \"quoted\" name");

  @TempDir Path folder;

  /** The expected {@code safetensors_floats.bin} was written by Python from the same tensors. */
  @Test
  void writtenFileHasTheBytesOfTheSpecification() throws IOException {
    Path written = folder.resolve("deep/written.safetensors");
    try (Tensors tensors = WeightFile.open(Goldens.copy("safetensors.bin", folder))) {
      Safetensors.write(tensors, METADATA, written);
    }
    assertThat(written).hasBinaryContent(Goldens.bytes("safetensors_floats.bin"));
    try (Tensors again = WeightFile.open(written)) {
      assertThat(Goldens.actual(again)).isEqualTo(Goldens.expected("safetensors"));
    }
  }

  @Test
  void torchCheckpointIsWrittenAsSafetensors() throws IOException {
    Path written = folder.resolve("written.safetensors");
    try (Tensors tensors = WeightFile.open(Goldens.copy("torch_legacy_2.bin", folder))) {
      Safetensors.write(tensors, Map.of(), written);
    }
    try (Tensors again = WeightFile.open(written)) {
      assertThat(Goldens.actual(again)).isEqualTo(Goldens.expected("torch"));
    }
  }

  @Test
  void failedWriteKeepsTheOldFile() throws IOException {
    Path old = Files.writeString(folder.resolve("old.safetensors"), "old");
    Tensors closed = WeightFile.open(Goldens.copy("torch_zip_2.bin", folder));
    closed.close();
    assertThatThrownBy(() -> Safetensors.write(closed, Map.of(), old))
        .isInstanceOf(IOException.class);
    assertThat(old).hasContent("old");
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".tmp"));
  }

  @Test
  void reservedNameIsRefused() {
    Tensors tensors =
        Tensors.of("memory", Map.of("__metadata__", new Tensors.Tensor(new long[0], new float[1])));
    assertThatThrownBy(() -> Safetensors.write(tensors, Map.of(), folder.resolve("x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("__metadata__, which safetensors reserves");
  }

  @Test
  void shardedModelIsReadThroughItsIndex() throws IOException {
    Path index = split();
    try (Tensors tensors = WeightFile.open(index)) {
      assertThat(Goldens.actual(tensors)).containsExactlyEntriesOf(Goldens.expected("safetensors"));
    }
  }

  @Test
  void indexThatNamesOtherFilesOrMissingTensorsIsRefused() throws IOException {
    Path index = split();
    String text = Files.readString(index);
    Path secret = folder.resolve("secret.safetensors");
    Files.copy(folder.resolve("split/model-00001-of-00002.safetensors"), secret);
    for (String name :
        new String[] {
          "../secret.safetensors", secret.toString(), "..", ".", "", "a/../x", "./x", "..\\\\x"
        }) {
      Files.writeString(index, text.replace("model-00001-of-00002.safetensors", name));
      assertThatThrownBy(() -> WeightFile.open(index))
          .isInstanceOf(WeightFileException.class)
          .hasMessage(
              index
                  + ": expected names of files in its folder but it names \"%s\"; put the files beside it and correct the name"
                      .formatted(name.replace("\\\\", "\\")));
    }
    Files.writeString(index, text.replace("model-00001", "model-00002"));
    assertThatThrownBy(() -> WeightFile.open(index))
        .hasMessage(
            index
                + ": expected tensor \"conv1.weight\" in model-00002-of-00002.safetensors but it is not there; fetch index and files from one place");
    Files.writeString(index, text.replace("model-00001", "model-00003"));
    assertThatThrownBy(() -> WeightFile.open(index))
        .hasMessage(
            index
                + ": expected the file model-00003-of-00002.safetensors beside it but there is none; fetch all files of the model");
    Files.writeString(index, "{\"metadata\": {}}");
    assertThatThrownBy(() -> WeightFile.open(index))
        .hasMessageEndingWith("its JSON has no weight_map; name the .safetensors file");
  }

  private Path split() throws IOException {
    Path split = Files.createDirectories(folder.resolve("split"));
    for (String name :
        new String[] {
          "model-00001-of-00002.safetensors",
          "model-00002-of-00002.safetensors",
          "model.safetensors.index.json"
        }) {
      Files.write(split.resolve(name), Goldens.bytes(name));
    }
    return split.resolve("model.safetensors.index.json");
  }
}
