package org.resnet4j.zoo.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TruncationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch_zip_2.bin",
        "torch_zip_4.bin",
        "torch_legacy_2.bin",
        "torch_legacy_4.bin",
        "safetensors.bin",
        "model.safetensors.index.json",
        "npz_compressed.bin",
        "npy_1.bin"
      })
  void aFileThatEndsAnywhereIsRefused(String name, @TempDir Path folder) throws IOException {
    byte[] whole = Goldens.bytes(name);
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(folder.resolve("weights"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Hostile.readAll(file))
          .as("%s, first %d bytes", name, length)
          .isInstanceOf(WeightFileException.class)
          .hasMessageStartingWith(file + ": ");
    }
  }
}
