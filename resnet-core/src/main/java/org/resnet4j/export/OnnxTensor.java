package org.resnet4j.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.resnet4j.weightfile.onnx.ProtoMessage;

/** Builds operators and tensors of ONNX, with values little-endian in {@code raw_data}. */
final class OnnxTensor {
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int INT32 = 6;
  private static final int INT64 = 7;
  private static final int CHUNK = 1 << 14;

  private OnnxTensor() {}

  /**
   * Returns a tensor whose values are supplied only when they are written.
   *
   * @param values values in row-major order, their number the product of {@code shape}
   */
  static ProtoMessage floats(String name, long[] shape, Supplier<float[]> values) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return tensor(name, FLOAT, shape)
        .bytes(9, Float.BYTES * count, out -> write(values.get(), out));
  }

  private static void write(float[] values, OutputStream out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      bytes.asFloatBuffer().put(values, from, count);
      out.write(bytes.array(), 0, Float.BYTES * count);
    }
  }

  /** Returns a tensor of bytes, with or without sign. */
  static ProtoMessage bytes(String name, long[] shape, boolean signed, Supplier<byte[]> values) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return tensor(name, signed ? INT8 : UINT8, shape)
        .bytes(9, count, out -> out.write(values.get()));
  }

  /** Returns a vector of 32-bit integers. */
  static ProtoMessage integers32(String name, int... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return tensor(name, INT32, values.length)
        .bytes(9, bytes.capacity(), out -> out.write(bytes.array()));
  }

  /** Returns a vector of 64-bit integers. */
  static ProtoMessage integers(String name, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return tensor(name, INT64, values.length)
        .bytes(9, bytes.capacity(), out -> out.write(bytes.array()));
  }

  private static ProtoMessage tensor(String name, int type, long... shape) {
    ProtoMessage message = new ProtoMessage();
    Arrays.stream(shape).forEach(size -> message.integer(1, size));
    return message.integer(2, type).text(8, name);
  }

  /** Returns an operator that is named like its output. */
  static ProtoMessage operator(String operator, String output, List<String> inputs) {
    ProtoMessage message = new ProtoMessage();
    inputs.forEach(input -> message.text(1, input));
    return message.text(2, output).text(3, output).text(4, operator);
  }
}
