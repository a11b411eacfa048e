package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;

/** Every format is read with the bits of the program that wrote it. */
class WeightFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "torch_zip_2.bin, torch",
    "torch_zip_3.bin, torch",
    "torch_zip_4.bin, torch",
    "torch_zip_5.bin, torch",
    "torch_zip_big_endian.bin, torch",
    "torch_legacy_2.bin, torch",
    "torch_legacy_3.bin, torch",
    "torch_legacy_4.bin, torch",
    "torch_legacy_5.bin, torch",
    "torch_v3.bin, torch_v3",
    "safetensors.bin, safetensors",
    "npz.bin, npz",
    "npz_compressed.bin, npz",
  })
  void everyTensorIsReadBitForBitAsWritten(String file, String expected) throws IOException {
    try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder))) {
      Map<String, Goldens.Expected> actual = Goldens.actual(tensors);
      assertThat(actual).containsExactlyEntriesOf(Goldens.expected(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({"npy_1.bin", "npy_2.bin", "npy_3.bin"})
  void singleNumPyArrayIsNamedAfterItsFile(String file) throws IOException {
    Path named = Files.write(folder.resolve("kernel.npy"), Goldens.bytes(file));
    try (Tensors tensors = WeightFile.open(named)) {
      assertThat(Goldens.actual(tensors))
          .containsExactly(Map.entry("kernel", Goldens.expected("npz").get("fortran")));
    }
  }

  /** The expected checksum is NumPy's, printed by {@code weight_goldens.py}. */
  @Test
  void all65536HalfPrecisionValuesEqualNumPy() {
    ByteBuffer halves = ByteBuffer.allocate(65536 * Short.BYTES);
    ByteBuffer floats = ByteBuffer.allocate(65536 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 65536; i++) {
      halves.putShort(2 * i, (short) i);
      floats.putInt(4 * i, Float.floatToIntBits(ElementType.F16.decode(halves, 2 * i)));
    }
    CRC32 checksum = new CRC32();
    checksum.update(floats);
    assertThat(checksum.getValue()).isEqualTo(0x3020c7a7L);
  }

  @Test
  void threadsReadTensorsConcurrently() throws Exception {
    for (String file : List.of("npz_compressed.bin", "npz.bin", "torch_zip_2.bin")) {
      try (Tensors tensors = WeightFile.open(Goldens.copy(file, folder))) {
        Map<String, Goldens.Expected> expected = Goldens.actual(tensors);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
          List<Callable<Map<String, Goldens.Expected>>> reads = new ArrayList<>();
          for (int i = 0; i < 16; i++) {
            reads.add(() -> Goldens.actual(tensors));
          }
          for (Future<Map<String, Goldens.Expected>> read : threads.invokeAll(reads)) {
            assertThat(read.get()).isEqualTo(expected);
          }
        } finally {
          threads.shutdownNow();
        }
      }
    }
  }

  @Test
  void unknownNamesFilesAndFormatsAreRefused() throws IOException {
    Path file = Goldens.copy("npz.bin", folder);
    try (Tensors tensors = WeightFile.open(file)) {
      assertThatThrownBy(() -> tensors.read("f5"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file + ": there is no tensor \"f5\"");
    }
    assertThatThrownBy(() -> WeightFile.open(folder.resolve("none")))
        .isInstanceOf(WeightFileException.class)
        .hasMessageEndingWith(
            "none: there is no such file; expected one with weights, for instance .safetensors");
    Path page = Files.writeString(folder.resolve("weights"), "<html>404</html>");
    assertThatThrownBy(() -> WeightFile.open(page))
        .isInstanceOf(WeightFileException.class)
        .hasMessageContaining("expected a file of weights (safetensors, ")
        .hasMessageEndingWith("; check that the download is complete");
  }
}
