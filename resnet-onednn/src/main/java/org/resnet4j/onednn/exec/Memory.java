package org.resnet4j.onednn.exec;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.resnet4j.onednn.winograd.Floats;

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

  /** The memory of {@code buffer}, which holds floats. */
  static Floats floats(Buffer buffer) {
    return new Floats(buffer.address(), buffer.bytes / Float.BYTES);
  }

  /** Of a whole array, in the order of its memory. */
  static float[] read(INDArray array) {
    return read(address(array), array.length());
  }

  static void write(float[] values, long address) {
    new FloatPointer(new Address(address)).put(values);
  }
}
