package org.resnet4j.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The file of a {@link WeightAverage}, big-endian: a magic number, whether the next update copies,
 * the bytes of a value (4 or 8), the number of values, the values, and their CRC-32.
 */
final class AverageFile {
  private static final long MAGIC = 0x5234_4a41_5647_3031L; // "R4JAVG01"
  private static final int PIECE = 8192;

  private AverageFile() {}

  static void write(OutputStream to, INDArray values, boolean copiesNext) throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    int width = width(values);
    out.writeLong(MAGIC);
    out.writeBoolean(copiesNext);
    out.writeByte(width);
    out.writeLong(values.length());
    CRC32 sum = new CRC32();
    DataBuffer data = values.data();
    ByteBuffer piece = ByteBuffer.allocate(PIECE * width);
    for (long i = 0; i < values.length(); i++) {
      if (width == Float.BYTES) {
        piece.putFloat(data.getFloat(i));
      } else {
        piece.putDouble(data.getDouble(i));
      }
      if (!piece.hasRemaining() || i == values.length() - 1) {
        out.write(piece.array(), 0, piece.position());
        sum.update(piece.array(), 0, piece.position());
        piece.clear();
      }
    }
    out.writeLong(sum.getValue());
    out.flush();
  }

  /** Fills {@code values} and returns whether the next update copies. */
  static boolean read(String where, InputStream from, INDArray values) throws IOException {
    DataInputStream in = new DataInputStream(from);
    try {
      expect(where, "a file of averaged weights", MAGIC, in.readLong());
      boolean copiesNext = in.readBoolean();
      expect(where, "bytes of a value", width(values), in.readByte());
      expect(where, "averaged weights", values.length(), in.readLong());
      expect(where, "checksum of averaged weights", sumOfValues(in, values), in.readLong());
      return copiesNext;
    } catch (EOFException e) {
      throw new IOException(
          where + ": expected averaged weights but the file ends before the last; delete it", e);
    }
  }

  private static long sumOfValues(DataInputStream in, INDArray values) throws IOException {
    CRC32 sum = new CRC32();
    DataBuffer data = values.data();
    int width = width(values);
    byte[] bytes = new byte[PIECE * width];
    ByteBuffer piece = ByteBuffer.wrap(bytes);
    for (long start = 0; start < values.length(); start += PIECE) {
      int count = (int) Math.min(PIECE, values.length() - start);
      in.readFully(bytes, 0, count * width);
      sum.update(bytes, 0, count * width);
      for (int i = 0; i < count; i++) {
        if (width == Float.BYTES) {
          data.put(start + i, piece.getFloat(i * width));
        } else {
          data.put(start + i, piece.getDouble(i * width));
        }
      }
    }
    return sum.getValue();
  }

  private static void expect(String where, String what, long expected, long actual)
      throws IOException {
    if (expected != actual) {
      throw new IOException(
          "%s: %s: expected %s but was %s; is it of another network?"
              .formatted(where, what, expected, actual));
    }
  }

  private static int width(INDArray values) {
    return values.dataType() == DataType.DOUBLE ? Double.BYTES : Float.BYTES;
  }
}
