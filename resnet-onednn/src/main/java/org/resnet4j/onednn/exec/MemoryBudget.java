package org.resnet4j.onednn.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** How much native memory may still be taken. */
public final class MemoryBudget {
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private MemoryBudget() {}

  /** Bytes: the least of what JavaCPP allows and what the system has. */
  public static long available() {
    long allowed =
        Pointer.maxBytes() <= 0 ? Long.MAX_VALUE : Pointer.maxBytes() - Pointer.totalBytes();
    if (Pointer.maxPhysicalBytes() > 0) {
      allowed = Math.min(allowed, Pointer.maxPhysicalBytes() - Pointer.physicalBytes());
    }
    return Math.min(allowed, free());
  }

  private static long free() {
    try {
      for (String line : Files.readAllLines(MEMORY)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // Not Linux: JavaCPP's limits stand alone.
    }
    return Long.MAX_VALUE;
  }

  /** Refuses what does not fit. */
  static void check(long bytes, String what) {
    long available = available();
    if (bytes > available) {
      throw new NotEnoughMemoryException(
          String.format(
              Locale.ROOT,
              "%s needs %,d MB of native memory but %,d MB are available",
              what,
              bytes >> 20,
              available >> 20),
          bytes,
          available);
    }
  }
}
