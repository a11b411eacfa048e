package org.resnet4j.onednn.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.resnet4j.onednn.ContainerLimits;

/**
 * The native memory that may still be allocated: the least of what JavaCPP, the machine and its
 * control groups leave.
 */
final class MemoryBudget {
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private MemoryBudget() {}

  /** The bytes that one limit leaves, and the name of that limit. */
  private record Bound(long bytes, String source) {}

  private static Bound tightest(ContainerLimits container) {
    List<Bound> bounds = new ArrayList<>();
    bounds.add(new Bound(Long.MAX_VALUE, ""));
    if (Pointer.maxBytes() > 0) {
      bounds.add(
          new Bound(Pointer.maxBytes() - Pointer.totalBytes(), "-Dorg.bytedeco.javacpp.maxbytes"));
    }
    if (Pointer.maxPhysicalBytes() > 0) {
      bounds.add(
          new Bound(
              Pointer.maxPhysicalBytes() - Pointer.physicalBytes(),
              "-Dorg.bytedeco.javacpp.maxphysicalbytes"));
    }
    bounds.add(new Bound(free(), "MemAvailable of " + MEMORY));
    ContainerLimits.Memory memory = container.memory();
    if (memory != null) {
      bounds.add(new Bound(memory.available(), memory.file()));
    }
    return bounds.stream().min(Comparator.comparingLong(Bound::bytes)).orElseThrow();
  }

  private static long free() {
    try {
      for (String line : Files.readAllLines(MEMORY)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Not Linux: only JavaCPP's limits apply.
    }
    return Long.MAX_VALUE;
  }

  /**
   * Refuses an allocation that does not fit.
   *
   * @throws NotEnoughMemoryException naming the limit
   */
  static void check(long bytes, String what) {
    check(bytes, what, ContainerLimits.here());
  }

  static void check(long bytes, String what, ContainerLimits container) {
    Bound bound = tightest(container);
    if (bytes > bound.bytes) {
      throw new NotEnoughMemoryException(
          String.format(
              Locale.ROOT,
              "%s needs %,d MB of native memory but %,d MB are available (%s)",
              what,
              bytes >> 20,
              Math.max(0, bound.bytes) >> 20,
              bound.source),
          bytes,
          bound.bytes);
    }
  }
}
