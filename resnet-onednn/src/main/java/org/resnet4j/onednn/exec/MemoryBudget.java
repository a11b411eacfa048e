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
public final class MemoryBudget {
  private static final String BYTES = "-Dorg.bytedeco.javacpp.maxbytes";
  private static final String PHYSICAL_BYTES = "-Dorg.bytedeco.javacpp.maxphysicalbytes";

  private static final Path MEMORY = Path.of("/proc/meminfo");

  private MemoryBudget() {}

  /** The bytes that one limit leaves, and the name of that limit. */
  private record Bound(long bytes, String source) {}

  private static Bound tightest(ContainerLimits container) {
    List<Bound> bounds = new ArrayList<>();
    bounds.add(new Bound(Long.MAX_VALUE, ""));
    if (Pointer.maxBytes() > 0) {
      bounds.add(
          new Bound(
              Pointer.maxBytes() - Pointer.totalBytes(), BYTES + ", -Xmx unless set otherwise"));
    }
    if (Pointer.maxPhysicalBytes() > 0) {
      bounds.add(
          new Bound(
              Pointer.maxPhysicalBytes() - Pointer.physicalBytes(),
              PHYSICAL_BYTES + ", four times -Xmx unless set otherwise"));
    }
    bounds.add(new Bound(free(), "MemAvailable of " + MEMORY));
    ContainerLimits.Memory memory = container.memory();
    if (memory != null) {
      bounds.add(new Bound(memory.available(), memory.file()));
    }
    return bounds.stream().min(Comparator.comparingLong(Bound::bytes)).orElseThrow();
  }

  /**
   * Returns {@code error} with the options that raise the limit if JavaCPP threw it. Java's own
   * errors are returned as they are.
   */
  public static OutOfMemoryError explained(OutOfMemoryError error) {
    String message = String.valueOf(error.getMessage());
    if (!message.contains("hysicalBytes") && !message.contains("totalBytes")) {
      return error;
    }
    OutOfMemoryError explained =
        new OutOfMemoryError(
            String.format(
                Locale.ROOT,
                "native memory reaches a limit of JavaCPP (%s); raise %s=%dm and %s=%dm, or -Xmx,"
                    + " which both follow unless set",
                message,
                BYTES,
                Pointer.maxBytes() >> 20,
                PHYSICAL_BYTES,
                Pointer.maxPhysicalBytes() >> 20));
    explained.initCause(error);
    return explained;
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
