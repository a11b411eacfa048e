package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.HeapContent;

/**
 * A dataset that is stored in equal chunks, possibly compressed. The chunks are assembled when it
 * is opened.
 *
 * @param tree address of the B-tree that locates the chunks
 * @param box size of a chunk along each axis
 */
record Hdf5Chunks(
    Hdf5Bytes bytes,
    long address,
    long tree,
    long[] shape,
    int[] box,
    int elementBytes,
    Hdf5Filters filters)
    implements Content {
  /** The largest accepted expansion. Weights hardly compress; zeros compress a thousandfold. */
  private static final int MOST_EXPANSION = 16;

  private static final long FREE_EXPANSION = 1 << 20;

  static Hdf5Chunks of(
      Hdf5Bytes bytes,
      long address,
      ByteBuffer layout,
      long[] shape,
      int elementBytes,
      Hdf5Filters filters)
      throws IOException {
    int rank = layout.remaining() < 3 ? 0 : layout.get(2) - 1;
    if (rank != shape.length || rank < 1 || layout.remaining() < 11 + 4 * (rank + 1)) {
      throw bytes.at(
          address,
          "expected chunks of %s axes but they have %s in %s bytes"
              .formatted(shape.length, rank, layout.remaining()));
    }
    int[] box = new int[rank];
    for (int i = 0; i < rank; i++) {
      box[i] = layout.getInt(11 + 4 * i);
    }
    int stored = layout.getInt(11 + 4 * rank);
    Hdf5Chunks chunks =
        new Hdf5Chunks(bytes, address, layout.getLong(3), shape, box, elementBytes, filters);
    if (stored != elementBytes || !chunks.areModest()) {
      throw bytes.at(
          address,
          "expected chunks of %s-byte values, and with their dataset at most %s times the file, but they are %s of %s bytes for %s"
              .formatted(
                  elementBytes,
                  MOST_EXPANSION,
                  Arrays.toString(box),
                  stored,
                  Arrays.toString(shape)));
    }
    return chunks;
  }

  private boolean areModest() {
    long most =
        Math.min(Integer.MAX_VALUE / 2, MOST_EXPANSION * bytes.content.size() + FREE_EXPANSION);
    long chunk = elementBytes;
    long all = elementBytes;
    for (int i = 0; i < box.length; i++) {
      if (box[i] < 1 || chunk > most / box[i] || all > most / shape[i]) {
        return false;
      }
      chunk *= box[i];
      all *= shape[i];
    }
    return true;
  }

  @Override
  public long size() {
    long size = elementBytes;
    for (long length : shape) {
      size *= length;
    }
    return size;
  }

  private int boxBytes() {
    int size = elementBytes;
    for (int length : box) {
      size *= length;
    }
    return size;
  }

  @Override
  public Cursor open() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size()));
    Hdf5Bytes fresh = bytes.again();
    Set<Long> seen = new HashSet<>();
    if (tree != Hdf5Bytes.UNDEFINED) {
      read(fresh, tree, 255, all, seen);
    }
    if (seen.size() != expectedCount()) {
      throw bytes.at(
          address, "expected %s chunks but there are %s".formatted(expectedCount(), seen.size()));
    }
    return new HeapContent(all).open();
  }

  private long expectedCount() {
    long count = 1;
    for (int i = 0; i < box.length; i++) {
      count *= (shape[i] + box[i] - 1) / box[i];
    }
    return count;
  }

  private void read(Hdf5Bytes fresh, long at, int level, ByteBuffer all, Set<Long> seen)
      throws IOException {
    int keyBytes = 8 + Long.BYTES * (box.length + 1);
    Hdf5Tree.Node node = Hdf5Tree.read(fresh, at, Hdf5Tree.CHUNKS, keyBytes, level);
    for (int i = 0; i < node.count(); i++) {
      if (node.level() > 0) {
        read(fresh, node.child(i), node.level(), all, seen);
      } else {
        chunk(fresh, node, i, all, seen);
      }
    }
  }

  private void chunk(Hdf5Bytes fresh, Hdf5Tree.Node node, int i, ByteBuffer all, Set<Long> seen)
      throws IOException {
    int key = node.key(i);
    long length = Integer.toUnsignedLong(node.entries().getInt(key));
    int skipped = node.entries().getInt(key + 4);
    long[] start = new long[box.length];
    for (int axis = 0; axis < start.length; axis++) {
      start[axis] = node.entries().getLong(key + 8 + Long.BYTES * axis);
      if (start[axis] < 0 || start[axis] >= shape[axis] || start[axis] % box[axis] != 0) {
        throw fresh.at(node.address(), "expected a chunk of its dataset but it begins outside");
      }
    }
    if (!seen.add(position(start))) {
      throw fresh.at(node.address(), "expected every chunk once but one is there twice");
    }
    ByteBuffer bytesOfChunk = fresh.read(node.child(i), length, "a chunk");
    byte[] stored = new byte[bytesOfChunk.remaining()];
    bytesOfChunk.get(stored);
    byte[] decoded = filters.decode(fresh.where, stored, skipped, boxBytes(), elementBytes);
    copy(ByteBuffer.wrap(decoded), start, 0, 0, start[0], all);
  }

  private long position(long[] start) {
    long position = 0;
    for (int axis = 0; axis < start.length; axis++) {
      position = position * shape[axis] + start[axis];
    }
    return position;
  }

  /**
   * Copies the part of the chunk that is inside the dataset.
   *
   * @param from index in the chunk on this axis, counted over all axes before
   * @param to the same index in the dataset
   */
  private void copy(ByteBuffer chunk, long[] start, int axis, long from, long to, ByteBuffer all) {
    int count = (int) Math.min(box[axis], shape[axis] - start[axis]);
    if (axis == box.length - 1) {
      all.put(
          Math.toIntExact(to * elementBytes),
          chunk,
          Math.toIntExact(from * elementBytes),
          count * elementBytes);
      return;
    }
    for (int i = 0; i < count; i++) {
      copy(
          chunk,
          start,
          axis + 1,
          (from + i) * box[axis + 1],
          (to + i) * shape[axis + 1] + start[axis + 1],
          all);
    }
  }
}
