package org.resnet4j.tensors;

import java.nio.ByteBuffer;

/** The encoding of a number in a file. Integers and booleans are rounded to floats. */
public enum ElementType {
  F64(8, (bytes, at) -> (float) bytes.getDouble(at)),
  F32(4, ByteBuffer::getFloat),
  F16(2, (bytes, at) -> half(bytes.getShort(at))),
  BF16(2, (bytes, at) -> Float.intBitsToFloat(bytes.getShort(at) << 16)),
  I64(8, (bytes, at) -> (float) bytes.getLong(at)),
  I32(4, (bytes, at) -> (float) bytes.getInt(at)),
  I16(2, (bytes, at) -> bytes.getShort(at)),
  I8(1, (bytes, at) -> bytes.get(at)),
  U64(8, (bytes, at) -> unsigned(bytes.getLong(at))),
  U32(4, (bytes, at) -> (float) Integer.toUnsignedLong(bytes.getInt(at))),
  U16(2, (bytes, at) -> Short.toUnsignedInt(bytes.getShort(at))),
  U8(1, (bytes, at) -> Byte.toUnsignedInt(bytes.get(at))),
  BOOL(1, (bytes, at) -> bytes.get(at) == 0 ? 0 : 1);

  private interface Decoder {
    float at(ByteBuffer bytes, int index);
  }

  private final int size;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final Decoder decoder;

  ElementType(int size, Decoder decoder) {
    this.size = size;
    this.decoder = decoder;
  }

  /** Returns the number of bytes of one element. */
  public int size() {
    return size;
  }

  /** Returns the element whose bytes begin at {@code index}, in the byte order of {@code bytes}. */
  public float decode(ByteBuffer bytes, int index) {
    return decoder.at(bytes, index);
  }

  /** Decodes {@code count} elements from the start of {@code bytes}. */
  void decode(ByteBuffer bytes, float[] values, int from, int count) {
    if (this == F32) {
      bytes.slice(0, count * size).order(bytes.order()).asFloatBuffer().get(values, from, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      values[from + i] = decoder.at(bytes, i * size);
    }
  }

  /**
   * Decodes IEEE 754 binary16: a sign bit, five bits of exponent with bias 15, ten bits of
   * fraction.
   */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    int sign = (bits & 0x8000) << 16;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | (fraction << 13));
    }
    if (exponent == 0) {
      float subnormal = fraction * 0x1p-24f;
      return sign == 0 ? subnormal : -subnormal;
    }
    return Float.intBitsToFloat(sign | ((exponent + 127 - 15) << 23) | (fraction << 13));
  }

  /**
   * Returns the nearest float of an unsigned number, ties to even. If the sign bit is set, the
   * number is first halved with a sticky bit.
   */
  private static float unsigned(long bits) {
    return bits >= 0 ? (float) bits : (float) ((bits >>> 1) | (bits & 1)) * 2;
  }
}
