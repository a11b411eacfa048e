package org.resnet4j.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.npy.Npy;
import org.resnet4j.weightfile.npy.Npz;

/** Reads and writes ND4J arrays in NumPy's {@code .npy} format. */
final class NpyFile {
  private NpyFile() {}

  /**
   * Reads an array of floats or integers of any width as 32-bit floats in C order.
   *
   * @throws IOException with file, expected and actual
   */
  static INDArray read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": there is no such file; expected a .npy of floats");
    }
    try (Tensors arrays = Npz.openSingle(file)) {
      String name = arrays.names().iterator().next();
      long[] shape = arrays.shape(name);
      requireSize(file, shape);
      return Nd4j.create(arrays.read(name), shape, 'c');
    }
  }

  private static void requireSize(Path file, long... shape) throws IOException {
    long size = 1;
    for (long side : shape) {
      if (side < 1 || size > Integer.MAX_VALUE / Float.BYTES / side) {
        throw new IOException(
            file
                + ": header: expected 1 to 2^29 values but the shape is "
                + Arrays.toString(shape));
      }
      size *= side;
    }
  }

  /** Writes {@code array} as 32-bit floats in C order, atomically. */
  static void write(INDArray array, Path file) throws IOException {
    AtomicFile.write(
        file,
        temporary -> {
          try (FileChannel channel =
              FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] header = Npy.header(0, array.shape());
            float[] values = array.dup('c').data().asFloat();
            ByteBuffer bytes =
                ByteBuffer.allocate(header.length + values.length * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.put(header).asFloatBuffer().put(values);
            bytes.rewind();
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          }
        });
  }
}
