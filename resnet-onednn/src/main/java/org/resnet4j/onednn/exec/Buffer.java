package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;

/**
 * Memory with a layout. Several buffers may be views of one root: a part of it, the same bytes with
 * another shape, or the result that takes the place of an operand.
 */
final class Buffer {
  /** Where the bytes come from. */
  enum Kind {
    /** In the arena; bytes are reused when nobody reads them any more. */
    PLANNED,
    /** Kept as long as the program. */
    PERSISTENT,
    /** Belongs to somebody else; the address is set before it is used. */
    EXTERNAL
  }

  final String name;
  final Kind kind;
  final dnnl_memory_desc layout;
  final long bytes;
  final @Nullable Buffer parent;

  /** Of a root: steps of first and last use, and its place. */
  int first = Integer.MAX_VALUE;

  int last = -1;
  long address;

  /** Made when the program is finished. */
  @Nullable dnnl_memory memory;

  Buffer(String name, Kind kind, dnnl_memory_desc layout, @Nullable Buffer parent) {
    this.name = name;
    this.kind = kind;
    this.layout = layout;
    this.parent = parent;
    bytes = Native.bytes(layout);
  }

  Buffer root() {
    return parent == null ? this : parent.root();
  }

  long address() {
    return root().address;
  }

  void usedAt(int step) {
    Buffer root = root();
    root.first = Math.min(root.first, step);
    root.last = Math.max(root.last, step);
  }

  boolean isPlannedRoot() {
    return kind == Kind.PLANNED && parent == null && last >= 0;
  }
}
