package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.WeightFileException;

/**
 * Reads the structures of an HDF5 file. Each read must be inside the file, and the total is bounded
 * by a multiple of the file's size. Structures with circular or repeated references thus cannot
 * keep a reader busy forever.
 */
final class Hdf5Bytes {
  /** The address of a missing object. */
  static final long UNDEFINED = -1;

  private static final int MOST_READINGS = 16;
  private static final long FREE_BYTES = 2 << 20;

  /** The name of the file in messages. */
  final String where;

  /** The content of the file. */
  final Content content;

  /** The offset of address 0 in the file. */
  final long base;

  private final Content.Cursor cursor;
  private long budget;

  Hdf5Bytes(String where, Content content, long base) throws IOException {
    this.where = where;
    this.content = content;
    this.base = base;
    this.cursor = content.open();
    this.budget = MOST_READINGS * content.size() + FREE_BYTES;
  }

  /** Returns the same file with a new budget of bytes to read. */
  Hdf5Bytes again() throws IOException {
    return new Hdf5Bytes(where, content, base);
  }

  /** Returns little-endian bytes; {@code what} describes them in messages. */
  ByteBuffer read(long address, long length, String what) throws IOException {
    long rest = content.size() - base;
    if (address < 0 || length < 0 || address > rest || length > rest - address) {
      throw at(
          address, "expected %s of %s bytes but the file ends at %s".formatted(what, length, rest));
    }
    charge(length);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    cursor.read(base + address, bytes);
    return bytes.flip();
  }

  /** Counts {@code bytes} that are allocated or read. */
  void charge(long bytes) throws WeightFileException {
    budget -= bytes;
    if (budget < 0) {
      throw new WeightFileException(
          "%s: expected structures that are read once but they refer to one another repeatedly; %s"
              .formatted(where, WeightFileException.REFETCH));
    }
  }

  /** Checks four letters in {@code bytes}, which begin at {@code address}. */
  void signature(ByteBuffer bytes, String expected, long address) throws WeightFileException {
    byte[] letters = new byte[4];
    bytes.get(letters);
    String actual = new String(letters, StandardCharsets.ISO_8859_1);
    if (!actual.equals(expected)) {
      throw at(
          address,
          "expected the signature %s but was \"%s\""
              .formatted(expected, actual.replaceAll("[^!-~]", "?")));
    }
  }

  WeightFileException at(long address, String finding) {
    return WeightFileException.at(where, base + address, finding, WeightFileException.REFETCH);
  }

  /**
   * Returns an exception for a file that may be valid but uses a feature that this reader lacks.
   */
  WeightFileException unsupported(long address, String finding) {
    return WeightFileException.at(
        where, base + address, finding, "save it with h5py's defaults, as Keras does");
  }
}
