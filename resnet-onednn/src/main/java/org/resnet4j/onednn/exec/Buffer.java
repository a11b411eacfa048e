package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.jspecify.annotations.Nullable;

/**
 * Memory with a layout. Several buffers may be views of one root: a part of it, the same bytes with
 * another shape, or a result that overwrites an operand.
 */
public final class Buffer {
  /** The owner of the bytes. */
  enum Kind {
    /** Part of the arena; the bytes are reused after the last read. */
    PLANNED,
    /** Kept as long as the program. */
    PERSISTENT,
    /** Owned by the caller; the address is set before use. */
    EXTERNAL
  }

  public final String name;
  final Kind kind;
  public final dnnl_memory_desc layout;
  public final long bytes;
  final @Nullable Buffer parent;

  /** The first and last step that use a root buffer, and its offset in the arena. */
  int first = Integer.MAX_VALUE;

  int last = -1;
  long address;

  /** Creates a buffer whose memory is allocated when the program is finished. */
  @Nullable dnnl_memory memory;

  Buffer(String name, Kind kind, dnnl_memory_desc layout, @Nullable Buffer parent) {
    this.name = name;
    this.kind = kind;
    this.layout = layout;
    this.parent = parent;
    bytes = OneDnnLibrary.bytes(layout);
  }

  Buffer root() {
    return parent == null ? this : parent.root();
  }

  public long address() {
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
