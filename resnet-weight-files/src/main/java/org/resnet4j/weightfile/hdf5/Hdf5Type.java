package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.ElementType;

/**
 * The encoding of a value, section IV.A.2.d of the specification.
 *
 * @param size size in bytes
 * @param bits bit field of the class
 * @param properties bytes after the fixed part
 */
record Hdf5Type(int kind, int size, int bits, ByteBuffer properties) {
  static final int STRING = 3;
  static final int VARIABLE_LENGTH = 9;
  private static final int FIXED_POINT = 0;
  private static final int FLOATING_POINT = 1;
  private static final int OPAQUE = 5;

  /** The floating-point types by bytes, bits of the exponent, bits of the fraction. */
  private static final Map<String, ElementType> FLOATS =
      Map.of(
          "2/5/10", ElementType.F16,
          "2/8/7", ElementType.BF16,
          "4/8/23", ElementType.F32,
          "8/11/52", ElementType.F64);

  /** The signed integers by size in bytes; bit 3 of the bit field marks a signed type. */
  private static final Map<Integer, ElementType> SIGNED =
      Map.of(1, ElementType.I8, 2, ElementType.I16, 4, ElementType.I32, 8, ElementType.I64);

  private static final Map<Integer, ElementType> UNSIGNED =
      Map.of(1, ElementType.U8, 2, ElementType.U16, 4, ElementType.U32, 8, ElementType.U64);

  static Hdf5Type read(Hdf5Bytes bytes, long address, ByteBuffer data) throws IOException {
    if (data.remaining() < 8) {
      throw bytes.at(
          address, "expected a data type but %s bytes are left".formatted(data.remaining()));
    }
    int start = data.position();
    return new Hdf5Type(
        data.get(start) & 0xf,
        data.getInt(start + 4),
        data.getInt(start) >>> 8,
        data.slice(start + 8, data.remaining() - 8).order(data.order()));
  }

  /** Returns the type of numbers, or null for other values. */
  @Nullable ElementType numbers() {
    return switch (kind) {
      case FIXED_POINT -> ((bits & 1 << 3) == 0 ? UNSIGNED : SIGNED).get(size);
      case FLOATING_POINT ->
          properties.remaining() < 12
              ? null
              : FLOATS.get("%s/%s/%s".formatted(size, properties.get(5), properties.get(7)));
      // Older h5py stores ml_dtypes.bfloat16 as opaque, and Keras marks it with an attribute.
      case OPAQUE -> size == 2 ? ElementType.BF16 : null;
      default -> null;
    };
  }

  boolean isOpaque() {
    return kind == OPAQUE;
  }

  ByteOrder order() {
    return kind == OPAQUE || (bits & 1) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }
}
