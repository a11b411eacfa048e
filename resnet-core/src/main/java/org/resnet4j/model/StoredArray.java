package org.resnet4j.model;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.options.ArrayOptionsHelper;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.tensors.ElementType;

/**
 * A dense vector read from an entry in ND4J's format. An entry has mode, length and type of the
 * shape information, the shape information, then the same for the values. All of it is compared
 * with what is expected before memory is allocated; ND4J's own reader is not used.
 *
 * @param array null when there are no values
 * @param notFinite the first value that is NaN or infinite, or -1
 */
record StoredArray(@Nullable INDArray array, DataType type, long notFinite) {
  /** The only types in which Deeplearning4j trains. */
  private static final Map<String, DataType> TYPES =
      Map.of("FLOAT", DataType.FLOAT, "DOUBLE", DataType.DOUBLE, "HALF", DataType.FLOAT16);

  /** The modes of files older than 1.0.0-beta, whose lengths have 32 bits. */
  private static final Set<String> LEGACY_MODES = Set.of("DIRECT", "HEAP", "JAVACPP");

  private static final Set<String> MODES =
      Set.of("DIRECT", "HEAP", "JAVACPP", "LONG_SHAPE", "MIXED_DATA_TYPES");

  /**
   * The numbers of the shape information other than shape and strides: rank before them; extras,
   * element-wise stride and order after them.
   */
  private static final int SHAPE_FRAME = 4;

  private static final int CHUNK = 1 << 16;

  /**
   * Reads an entry.
   *
   * @param length required number of values
   * @param what description of the values for messages
   */
  static StoredArray read(ModelZip zip, ModelZipEntry entry, long length, String what)
      throws IOException {
    try (InputStream in = zip.stream(entry)) {
      return new Reader(zip.where() + ": " + entry.name(), in, entry.size(), length, what).read();
    }
  }

  private static final class Reader {
    private final String where;
    private final DataInputStream in;
    private final long size;
    private final long length;
    private final String what;
    private long headerBytes;

    Reader(String where, InputStream in, long size, long length, String what) {
      this.where = where;
      this.in = new DataInputStream(in);
      this.size = size;
      this.length = length;
      this.what = what;
    }

    StoredArray read() throws IOException {
      long[] info = shapeInformation();
      String mode = mode();
      long values = length(mode);
      DataType type = type();
      requireExtras(info[info.length - 3], type);
      if (values != length) {
        throw refused("expected " + length + " " + what + " but it holds " + values);
      }
      if (headerBytes + length * type.width() != size) {
        throw refused(
            "expected "
                + length * type.width()
                + " bytes of values but there are "
                + (size - headerBytes));
      }
      INDArray array =
          length == 0 ? null : allocated(type, Arrays.copyOfRange(info, 1, rank(info)));
      long notFinite = array == null ? -1 : fill(array.data(), type);
      if (in.read() >= 0) {
        throw refused("expected the end of the entry after the values");
      }
      return new StoredArray(array, type, notFinite);
    }

    private static int rank(long[] info) {
      return 1 + (int) info[0];
    }

    private long[] shapeInformation() throws IOException {
      String mode = mode();
      long count = length(mode);
      String type = utf();
      if (!type.equals("LONG") && !type.equals("INT")) {
        throw refused("expected a shape of type LONG or INT but was " + Shown.of(type));
      }
      if (count != SHAPE_FRAME + 2 && count != SHAPE_FRAME + 4) {
        throw refused(
            "expected a vector, whose shape takes 6 or 8 numbers, but it claims " + count);
      }
      long[] info = new long[(int) count];
      for (int i = 0; i < info.length; i++) {
        info[i] = type.equals("LONG") ? in.readLong() : in.readInt();
      }
      headerBytes += count * (type.equals("LONG") ? Long.BYTES : Integer.BYTES);
      requireDense(info);
      return info;
    }

    /**
     * Requires a dense vector. The shape information is rank, sides, strides, extras, element-wise
     * stride, order.
     */
    private void requireDense(long[] info) throws IOException {
      int rank = (info.length - SHAPE_FRAME) / 2;
      long elements = info[info.length - 2];
      long order = info[info.length - 1];
      boolean isVector = info[0] == rank && info[rank] == length && (rank == 1 || info[1] == 1);
      if (!isVector) {
        throw refused(
            "expected the shape ["
                + (rank == 1 ? "" : "1, ")
                + length
                + "] of the "
                + what
                + " but its shape information is "
                + Arrays.toString(info));
      }
      boolean dense = length <= 1 || (info[2 * rank] == 1 && elements == 1);
      if (!dense || (order != 'c' && order != 'f')) {
        throw refused(
            "expected values one after the other, with stride 1 and order c or f, but the shape"
                + " information is "
                + Arrays.toString(info));
      }
    }

    /** Checks the extras: the type in present files, the offset in old ones. */
    private void requireExtras(long extras, DataType type) throws IOException {
      long plain = ArrayOptionsHelper.setOptionBit(0L, type);
      long empty = length == 0 ? ArrayOptionsHelper.ATYPE_EMPTY_BIT : 0;
      if (extras != 0 && extras != plain && extras != (plain | empty)) {
        throw refused(
            "expected a plain array of "
                + type
                + " that starts at its first value but its flags are "
                + extras);
      }
    }

    private String mode() throws IOException {
      String mode = utf();
      if (!MODES.contains(mode)) {
        throw refused("expected a buffer of " + MODES + " but was " + Shown.of(mode));
      }
      return mode;
    }

    private DataType type() throws IOException {
      String name = utf();
      DataType type = TYPES.get(name);
      if (type == null) {
        throw refused("expected values of " + TYPES.keySet() + " but was " + Shown.of(name));
      }
      return type;
    }

    private long length(String mode) throws IOException {
      boolean legacy = LEGACY_MODES.contains(mode);
      headerBytes += legacy ? Integer.BYTES : Long.BYTES;
      return legacy ? in.readInt() : in.readLong();
    }

    private String utf() throws IOException {
      int length = in.readUnsignedShort();
      if (length > 32) {
        throw refused("expected a short word of ND4J's but it claims " + length + " bytes");
      }
      byte[] bytes = in.readNBytes(length);
      headerBytes += Short.BYTES + length;
      return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private INDArray allocated(DataType type, long[] shape) throws IOException {
      try {
        return Nd4j.createUninitialized(type, shape, 'c');
      } catch (OutOfMemoryError e) {
        throw new IOException(
            where + ": there is no memory for " + length * type.width() + " bytes of " + what, e);
      }
    }

    private long fill(DataBuffer data, DataType type) throws IOException {
      byte[] chunk = new byte[(int) Math.min(CHUNK, length * type.width())];
      ByteBuffer values = ByteBuffer.wrap(chunk);
      long notFinite = -1;
      long at = 0;
      while (at < length) {
        int bytes = (int) Math.min(chunk.length, (length - at) * type.width());
        in.readFully(chunk, 0, bytes);
        values.clear().limit(bytes);
        while (values.hasRemaining()) {
          if (!put(data, at, values, type) && notFinite < 0) {
            notFinite = at;
          }
          at++;
        }
      }
      return notFinite;
    }

    /** Stores a value and returns whether it is finite. */
    private static boolean put(DataBuffer data, long at, ByteBuffer values, DataType type) {
      if (type == DataType.DOUBLE) {
        double value = values.getDouble();
        data.put(at, value);
        return Double.isFinite(value);
      }
      ElementType element = type == DataType.FLOAT ? ElementType.F32 : ElementType.F16;
      float value = element.decode(values, values.position());
      values.position(values.position() + element.size());
      data.put(at, value);
      return Float.isFinite(value);
    }

    private IOException refused(String why) {
      return new IOException(where + ": " + why);
    }
  }
}
