package org.resnet4j.onednn.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/** Numbers between Java, ND4J and native memory. */
final class Memory {
  private Memory() {}

  /** Where the first element of {@code array} is, seen through its view. */
  static long address(INDArray array) {
    return array.data().address() + array.offset() * array.data().getElementSize();
  }

  /** {@code array} or a copy of it: floats, one after the other, the last axis fastest. */
  static INDArray plain(INDArray array) {
    INDArray floats = array.dataType() == DataType.FLOAT ? array : array.castTo(DataType.FLOAT);
    return floats.ordering() == 'c' && Shape.hasDefaultStridesForShape(floats)
        ? floats
        : floats.dup('c');
  }

  /** {@code count} floats from {@code address} on. */
  static float[] read(long address, long count) {
    float[] values = new float[Math.toIntExact(count)];
    new FloatPointer(new Address(address)).get(values);
    return values;
  }

  /** The bytes of {@code buffer}: fewer than 2 GiB. */
  static ByteBuffer bytes(Buffer buffer) {
    if (buffer.bytes > Integer.MAX_VALUE) {
      throw new AssertionError(buffer.name + ": more bytes than an index counts: " + buffer.bytes);
    }
    return new BytePointer(new Address(buffer.address()))
        .capacity(buffer.bytes)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** Of a whole array, in the order of its memory. */
  static float[] read(INDArray array) {
    return read(address(array), array.length());
  }

  static void write(float[] values, long address) {
    new FloatPointer(new Address(address)).put(values);
  }
}
