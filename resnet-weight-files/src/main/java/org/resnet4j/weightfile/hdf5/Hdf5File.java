package org.resnet4j.weightfile.hdf5;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.WeightFileException;

/**
 * Opens an HDF5 file by its superblock. Sections in these classes are those of the <a
 * href="https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html">HDF5 File Format
 * Specification 3.0</a>. This reader supports what h5py writes by default, and little more.
 */
public final class Hdf5File {
  public static final String SIGNATURE = "\u0089HDF\r\n\u001a\n";

  private static final int FIRST_USER_BLOCK = 512;

  private Hdf5File() {}

  /**
   * Returns the position of the signature: 0, or the size of a user block, which is 512 bytes times
   * a power of two.
   */
  private static long start(Content content) throws IOException {
    try (Content.Cursor cursor = content.open()) {
      long offset = 0;
      while (offset <= content.size() - SIGNATURE.length()) {
        ByteBuffer bytes = ByteBuffer.allocate(SIGNATURE.length());
        cursor.read(offset, bytes);
        if (ISO_8859_1.decode(bytes.flip()).toString().equals(SIGNATURE)) {
          return offset;
        }
        offset = offset == 0 ? FIRST_USER_BLOCK : 2 * offset;
      }
    }
    return -1;
  }

  /** Returns the root group, section II.A. */
  public static Hdf5Node root(String where, Content content) throws IOException {
    long start = start(content);
    if (start < 0) {
      throw new WeightFileException(
          "%s: expected an HDF5 file but its signature is not there; is it one?".formatted(where));
    }
    Hdf5Bytes bytes = new Hdf5Bytes(where, content, start);
    ByteBuffer block = bytes.read(8, 1, "the superblock's version");
    int version = block.get();
    long root =
        switch (version) {
          case 0 -> old(bytes, 24);
          case 1 -> old(bytes, 28);
          case 2, 3 -> recent(bytes);
          default ->
              throw bytes.at(8, "expected a superblock of version 0 to 3 but was " + version);
        };
    return Hdf5Node.root(bytes, root);
  }

  /** Reads versions 0 and 1, whose addresses begin at {@code addresses}. */
  private static long old(Hdf5Bytes bytes, int addresses) throws IOException {
    ByteBuffer block = bytes.read(0, addresses + 4 * 8 + 16, "the superblock");
    sizes(bytes, block, 13);
    whole(bytes, block.getLong(addresses), block.getLong(addresses + 16));
    return block.getLong(addresses + 40);
  }

  private static long recent(Hdf5Bytes bytes) throws IOException {
    ByteBuffer block = bytes.read(0, 48, "the superblock");
    sizes(bytes, block, 9);
    whole(bytes, block.getLong(12), block.getLong(28));
    return block.getLong(36);
  }

  private static void sizes(Hdf5Bytes bytes, ByteBuffer block, int at) throws WeightFileException {
    if (block.get(at) != Long.BYTES || block.get(at + 1) != Long.BYTES) {
      throw bytes.unsupported(
          at,
          "expected addresses and lengths of 8 bytes but they have %s and %s"
              .formatted(block.get(at), block.get(at + 1)));
    }
  }

  private static void whole(Hdf5Bytes bytes, long base, long end) throws WeightFileException {
    if (base != bytes.base) {
      throw bytes.at(0, "expected the base address %s but was %s".formatted(bytes.base, base));
    }
    if (end < 0 || end > bytes.content.size()) {
      throw bytes.at(
          0,
          "expected %s bytes, as the superblock says, but the file has %s"
              .formatted(end, bytes.content.size()));
    }
  }
}
