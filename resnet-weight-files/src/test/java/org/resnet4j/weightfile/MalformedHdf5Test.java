package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.hdf5.MalformedHdf5;
import org.resnet4j.weightfile.keras.KerasArchive;
import org.resnet4j.weightfile.keras.KerasHdf5;

/** Malformed HDF5 files are refused in a sentence each, without large allocations. */
class MalformedHdf5Test {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long MIB = 1 << 20;

  private static final String[] GOLDENS = {
    "keras/strings.h5",
    "keras/latest.h5",
    "keras/model.h5",
    "keras/deflated.keras",
    "onnx/initializers.onnx"
  };

  @TempDir Path folder;

  private static void readAll(Path file) throws IOException {
    try (Tensors tensors = KerasHdf5.open(file)) {
      for (String name : tensors.names()) {
        tensors.read(name);
      }
    }
  }

  /**
   * The constant mebibytes are for buffers, an inflater and messages; the table of links is read
   * again.
   */
  @ParameterizedTest
  @MethodSource("org.resnet4j.weightfile.hdf5.MalformedHdf5#cases")
  void malformedFileIsRefusedInOneSentenceWithLittleMemory(MalformedHdf5.Case malformed)
      throws IOException {
    Path file = Files.write(folder.resolve("weights.h5"), malformed.file());
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> readAll(file))
        .isInstanceOf(WeightFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(malformed.sentence());
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .isLessThan(8 * MIB + 64L * malformed.file().length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"applications.h5", "model.h5", "named.weights.h5", "latest.h5"})
  void truncatedFileIsRefused(String golden) throws IOException {
    byte[] whole = FormulaGoldens.bytes("keras/" + golden);
    for (int length = 0; length < whole.length; length += 1 + length / 40) {
      Path file = Files.write(folder.resolve("cut.h5"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> readAll(file))
          .as("first %d bytes", length)
          .isInstanceOf(WeightFileException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive.keras", "deflated.keras"})
  void truncatedArchiveIsRefused(String golden) throws IOException {
    byte[] whole = FormulaGoldens.bytes("keras/" + golden);
    for (int length = 0; length < whole.length; length += 1 + length / 40) {
      Path file = Files.write(folder.resolve("cut.keras"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> KerasArchive.open(file).close())
          .as("first %d bytes", length)
          .isInstanceOf(WeightFileException.class);
    }
  }

  /** A file with any single wrong byte is read or refused without any other effect. */
  @Property(tries = 1500)
  void fileWithOneWrongByteIsReadOrRefused(
      @ForAll @IntRange(max = 8000) int at,
      @ForAll byte value,
      @ForAll @IntRange(max = 4) int which)
      throws IOException {
    byte[] bytes = FormulaGoldens.bytes(GOLDENS[which]);
    bytes[at % bytes.length] = value;
    FuzzTarget.read(bytes);
  }
}
