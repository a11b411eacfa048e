package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** The buffers of one program, and the allocation of their memory. */
final class Buffers {
  private final Resources resources;
  private final List<Buffer> all = new ArrayList<>();

  /** Creates buffers whose memory {@code resources} frees. */
  Buffers(Resources resources) {
    this.resources = resources;
  }

  List<Buffer> all() {
    return all;
  }

  Buffer add(String name, Buffer.Kind kind, dnnl_memory_desc layout, @Nullable Buffer parent) {
    dnnl_memory_desc copy = new dnnl_memory_desc();
    OneDnnLibrary.check(
        dnnl.dnnl_memory_desc_clone(copy, layout), "copying a description of memory");
    Buffer buffer = new Buffer(name, kind, resources.own(copy), parent);
    all.add(buffer);
    return buffer;
  }

  /** Returns the number of bytes that {@link #allocate} will allocate. */
  long bytes() {
    return arena().bytes() + persistentBytes();
  }

  /** Allocates the planned and persistent buffers, and returns the number of bytes. */
  long allocate() {
    Arena arena = arena();
    long total = arena.bytes() + persistentBytes();
    BytePointer memory = resources.own(new BytePointer(total + Arena.ALIGNMENT));
    long start = roundedUp(memory.address());
    arena.placeAt(start);
    long[] next = {start + arena.bytes()};
    persistent()
        .forEach(
            buffer -> {
              buffer.address = next[0];
              next[0] += roundedUp(buffer.bytes);
            });
    return total;
  }

  private Arena arena() {
    return Arena.of(all.stream().filter(Buffer::isPlannedRoot).toList());
  }

  private long persistentBytes() {
    return persistent().mapToLong(buffer -> roundedUp(buffer.bytes)).sum();
  }

  private Stream<Buffer> persistent() {
    return all.stream()
        .filter(buffer -> buffer.kind == Buffer.Kind.PERSISTENT && buffer.parent == null);
  }

  private static long roundedUp(long bytes) {
    return (bytes + Arena.ALIGNMENT - 1) / Arena.ALIGNMENT * Arena.ALIGNMENT;
  }
}
