package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.WeightFileException;

class TruncationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch_zip_2.bin",
        "torch_legacy_2.bin",
        "torch_legacy_4.bin",
        "safetensors.bin",
        "model.safetensors.index.json",
        "npz_compressed.bin",
        "npy_1.bin"
      })
  void truncatedFileIsRefused(String name, @TempDir Path folder) throws IOException {
    byte[] whole = Goldens.bytes(name);
    // Zips are read from their end; if it is missing, all cuts are alike and the search is slow.
    int step = name.matches("torch_zip.*|npz.*") ? 97 : 1 + whole.length / 500;
    for (int length = whole.length - 1;
        length >= 0;
        length -= length > whole.length - 50 ? 1 : step) {
      assertRefused(Arrays.copyOf(whole, length), folder, name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"torch_zip_2.bin", "torch_zip_4.bin", "torch_wrapped.bin", "torch_v3.bin"})
  void truncatedPickleIsRefused(String name, @TempDir Path folder) throws IOException {
    Map<String, byte[]> entries = entries(Goldens.bytes(name));
    byte[] pickle = Objects.requireNonNull(entries.get("archive/data.pkl"));
    for (int length = 0; length < pickle.length; length += 1 + pickle.length / 1000) {
      entries.put("archive/data.pkl", Arrays.copyOf(pickle, length));
      assertRefused(Hostile.zip(entries), folder, name);
    }
  }

  private static void assertRefused(byte[] bytes, Path folder, String name) throws IOException {
    Path file = Files.write(folder.resolve("weights"), bytes);
    assertThatThrownBy(() -> Hostile.readAll(file))
        .as(name)
        .isInstanceOf(WeightFileException.class)
        .hasMessageStartingWith(file + ": ");
  }

  /** Returns the entries of a zip, read by Java's own reader. */
  static Map<String, byte[]> entries(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("resnet4j", ".zip");
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(Files.write(file, bytes).toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    } finally {
      Files.delete(file);
    }
    return entries;
  }
}
