package org.resnet4j.onednn.exec;

import java.util.List;
import java.util.Objects;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.Profile;

/** Executable steps and their memory. */
final class Executable implements AutoCloseable {
  final List<Step> steps;
  final List<Buffer> buffers;
  private final Resources resources;
  private final long bytes;

  Executable(List<Step> steps, List<Buffer> buffers, Resources resources, long bytes) {
    this.steps = List.copyOf(steps);
    this.buffers = buffers;
    this.resources = resources;
    this.bytes = bytes;
  }

  long bytes() {
    return bytes;
  }

  /** Sets the address of an external buffer and its views. */
  void bind(Buffer external, long address) {
    if (external.address == address) {
      return;
    }
    external.address = address;
    for (Buffer buffer : buffers) {
      if (buffer.root() == external && buffer.memory != null) {
        OneDnnLibrary.check(
            dnnl.dnnl_memory_set_data_handle(
                Objects.requireNonNull(buffer.memory), new Address(address)),
            buffer.name + ": setting an address");
      }
    }
  }

  int size() {
    return steps.size();
  }

  /** Runs the steps {@code from} (inclusive) to {@code to} (exclusive). */
  void run(int from, int to, @Nullable Profile profile) {
    Team.enter();
    for (int i = from; i < to; i++) {
      if (profile == null) {
        steps.get(i).run();
      } else {
        steps.get(i).run(profile);
      }
    }
    OneDnnLibrary.check(
        dnnl.dnnl_stream_wait(OneDnnLibrary.stream()), "waiting for the last primitive");
  }

  @Override
  public void close() {
    resources.close();
  }
}
