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

  /** The watch that a run keeps for NaN. */
  enum Watch {
    NONE,
    /** Reports flags that other work of the team may have raised before. */
    UNCLEARED,
    CLEARED
  }

  /** Runs the steps {@code from} (inclusive) to {@code to} (exclusive). */
  void run(int from, int to, @Nullable Profile profile) {
    raises(from, to, profile, Watch.NONE);
  }

  /**
   * Runs steps that may run again, until they have raised no invalid-operation flag; once for each
   * of {@code watches} at most. Code of the JVM in the leading thread raises it too, if rarely.
   *
   * @return whether a run raised no flag; true if no flag can be read
   */
  boolean runsFinite(int from, int to, @Nullable Profile profile, Watch... watches) {
    for (int i = 0; i < watches.length; i++) {
      if (!raises(from, to, i == 0 ? profile : null, watches[i])) {
        return true;
      }
    }
    return false;
  }

  /** Runs steps. Between them, other programs may run. */
  private boolean raises(int from, int to, @Nullable Profile profile, Watch watch) {
    boolean flags = watch != Watch.NONE && InvalidFlag.isThere();
    boolean raised = false;
    int at = from;
    while (at < to) {
      int first = at;
      boolean clear = flags && (watch == Watch.CLEARED || first > from);
      Slice slice = Team.lead(() -> slice(first, to, profile, clear, flags));
      raised |= slice.raised();
      at = slice.end();
    }
    return raised;
  }

  /** The step after the last that ran, and whether the flag was raised. */
  private record Slice(int end, boolean raised) {}

  /** Runs steps until {@code to}, or until others are waiting and it is their turn. */
  private Slice slice(int from, int to, @Nullable Profile profile, boolean clear, boolean flags) {
    Team.enter();
    if (clear) {
      InvalidFlag.clear();
    }
    long start = System.nanoTime();
    int at = from;
    do {
      if (profile == null) {
        steps.get(at).run();
      } else {
        steps.get(at).run(profile);
      }
      at++;
    } while (at < to && !Leader.shouldYield(start));
    OneDnnLibrary.check(
        dnnl.dnnl_stream_wait(OneDnnLibrary.stream()), "waiting for the last primitive");
    return new Slice(at, flags && InvalidFlag.wasRaised());
  }

  @Override
  public void close() {
    resources.close();
  }
}
