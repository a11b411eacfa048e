package org.resnet4j.benchmarks.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and writes files of little-endian floats. */
final class Floats {
  private Floats() {}

  static void write(Path file, Iterable<float[]> arrays) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (float[] array : arrays) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * array.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(array);
        out.write(buffer.array());
      }
    }
  }

  static float[] read(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[buffer.remaining() / 4];
    buffer.asFloatBuffer().get(values);
    return values;
  }
}
