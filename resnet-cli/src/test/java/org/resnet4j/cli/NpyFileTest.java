package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NpyFileTest {
  /**
   * {@code numpy.save} of {@code [[0, 1.5, -2]]} as '<f4': 128 bytes of header, then the floats.
   */
  private static final String NUMPY_HEADER =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }";

  @TempDir Path folder;

  @Test
  void fileWrittenByNumpyIsRead() throws IOException {
    Path file = write(NUMPY_HEADER, 0f, 1.5f, -2f);

    INDArray array = NpyFile.read(file);
    assertThat(array.shape()).containsExactly(1, 3);
    assertThat(array.toFloatVector()).containsExactly(0f, 1.5f, -2f);
  }

  @Test
  void anArrayInFortranOrderIsReadInCOrder() throws IOException {
    INDArray array =
        NpyFile.read(
            write("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 1f, 3f, 2f, 4f));
    assertThat(array.dup('c').data().asFloat()).containsExactly(1f, 2f, 3f, 4f);
  }

  @Test
  void emptyArrayIsRefused() throws IOException {
    Path file = write("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }");
    assertThatIOException()
        .isThrownBy(() -> NpyFile.read(file))
        .withMessageContaining("expected 1 to 2^29 values but the shape is [0, 3]");
  }

  @Test
  void writtenFileHasTheFormatOfNumpyAndIsReadBack() throws IOException {
    INDArray array = Nd4j.linspace(0, 1, 24).reshape(2, 3, 4).permute(0, 2, 1);
    Path file = folder.resolve("a.npy");
    NpyFile.write(array, file);

    assertThat(NpyFile.read(file))
        .isEqualTo(array.castTo(org.nd4j.linalg.api.buffer.DataType.FLOAT));
    byte[] bytes = Files.readAllBytes(file);
    int dataStart = bytes.length - 24 * Float.BYTES;
    assertThat(dataStart % 64).isZero();
    assertThat(bytes[dataStart - 1]).isEqualTo((byte) '\n');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }|expected F64 of shape [1, 3] but there are 12 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }|expected F32 of shape [4, 3] but there are 12 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999, 99999, 3), }|but there are 12 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }|but there are 12 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 3), }|but there are 12 bytes",
        "os.system('true')|expected an array of floats or integers but its header is os.system"
      })
  void headerThatIsNoFloatArrayIsRefusedBeforeAllocation(String header, String message)
      throws IOException {
    Path file = write(header, 0f, 1f, 2f);

    assertThatIOException().isThrownBy(() -> NpyFile.read(file)).withMessageContaining(message);
  }

  @Test
  void truncatedAndForeignFilesAreRefused() throws IOException {
    Path foreign = Files.writeString(folder.resolve("f.npy"), "no numpy file at all");
    assertThatIOException()
        .isThrownBy(() -> NpyFile.read(foreign))
        .withMessageContaining("f.npy: expected the bytes \\x93NUMPY and a version from 1 to 3");
    Path empty = Files.writeString(folder.resolve("e.npy"), "");
    assertThatIOException()
        .isThrownBy(() -> NpyFile.read(empty))
        .withMessageContaining("expected 8 bytes from byte 0 on but there are 0 in all");
  }

  private Path write(String header, float... values) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    int length = (10 + text.length + 64) / 64 * 64 - 10;
    java.nio.ByteBuffer bytes =
        java.nio.ByteBuffer.allocate(10 + length + values.length * Float.BYTES)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
    bytes.put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.position() < 10 + length - 1) {
      bytes.put((byte) ' ');
    }
    bytes.put((byte) '\n');
    for (float value : values) {
      bytes.putFloat(value);
    }
    return Files.write(folder.resolve("n.npy"), bytes.array());
  }
}
