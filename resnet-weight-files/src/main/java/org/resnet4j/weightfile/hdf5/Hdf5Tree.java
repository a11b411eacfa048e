package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads B-trees of version 1, section III.A.1 of the specification. */
final class Hdf5Tree {
  static final int GROUP = 0;
  static final int CHUNKS = 1;

  private static final int HEADER_BYTES = 24;

  /**
   * A node with alternating keys and children.
   *
   * @param level 0 for a leaf
   */
  record Node(int level, int count, ByteBuffer entries, int keyBytes, long address) {
    /** Returns the position of the {@code i}-th key in {@code entries}. */
    int key(int i) {
      return i * (keyBytes + Long.BYTES);
    }

    long child(int i) {
      return entries.getLong(key(i) + keyBytes);
    }
  }

  private Hdf5Tree() {}

  /** Reads a node whose level is below {@code above}, so that the tree's depth is finite. */
  static Node read(Hdf5Bytes bytes, long address, int kind, int keyBytes, int above)
      throws IOException {
    ByteBuffer header = bytes.read(address, HEADER_BYTES, "a B-tree");
    bytes.signature(header, "TREE", address);
    int actual = header.get();
    int level = header.get() & 0xff;
    if (actual != kind || level >= above) {
      throw bytes.at(
          address,
          "expected a B-tree of kind %s and a level below %s but was kind %s and level %s"
              .formatted(kind, above, actual, level));
    }
    int count = Short.toUnsignedInt(header.getShort());
    long length = (long) count * (keyBytes + Long.BYTES);
    ByteBuffer entries = bytes.read(address + HEADER_BYTES, length, "a B-tree");
    return new Node(level, count, entries, keyBytes, address);
  }
}
