package org.resnet4j.onednn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The limits of Linux's control groups on this process: the tightest of its own group and all
 * groups around it, of version 1 or 2. An unreadable limit counts as none.
 *
 * @param memory null without a limit
 * @param cpu null without a quota
 */
public record ContainerLimits(@Nullable Memory memory, @Nullable Cpu cpu) {
  /**
   * A limit on memory. Of several groups with a limit, this is the group that has the least left.
   *
   * @param available bytes of the limit that are not in use; the page cache that the kernel drops
   *     first counts as not in use
   * @param file that contains the limit
   */
  public record Memory(long bytes, long available, String file) {}

  /**
   * A quota of CPU time.
   *
   * @param processors the quota in processors, such as 1.5
   * @param file that contains the quota
   */
  public record Cpu(double processors, String file) {
    /**
     * Returns the number of threads that the quota keeps busy, as Java's {@code
     * availableProcessors} counts them.
     */
    public int threads() {
      return Math.max(1, (int) Math.ceil(processors));
    }
  }

  /** Returns the current limits of this process. */
  public static ContainerLimits here() {
    return of(Path.of("/"));
  }

  /** Returns the limits that the files under {@code root}, the root of a file system, describe. */
  static ContainerLimits of(Path root) {
    List<Memory> memory = new ArrayList<>();
    List<Cpu> cpu = new ArrayList<>();
    for (ControlGroup group : ControlGroup.around(root)) {
      if (group.controls("memory")) {
        add(memory, memory(group));
      }
      if (group.controls("cpu")) {
        add(cpu, cpu(group));
      }
    }
    return new ContainerLimits(
        memory.stream().min(Comparator.comparingLong(Memory::available)).orElse(null),
        cpu.stream().min(Comparator.comparingDouble(Cpu::processors)).orElse(null));
  }

  private static <T> void add(List<T> list, @Nullable T limit) {
    if (limit != null) {
      list.add(limit);
    }
  }

  private static @Nullable Memory memory(ControlGroup group) {
    boolean unified = group.isUnified();
    Path file = group.folder().resolve(unified ? "memory.max" : "memory.limit_in_bytes");
    long limit = number(line(file));
    // Version 1 writes "no limit" as the largest multiple of a page.
    if (limit < 0 || limit > Long.MAX_VALUE >> 1) {
      return null;
    }
    long usage =
        number(line(group.folder().resolve(unified ? "memory.current" : "memory.usage_in_bytes")));
    long cache =
        table(group.folder().resolve("memory.stat"))
            .getOrDefault(unified ? "inactive_file" : "total_inactive_file", 0L);
    long available = limit - Math.max(0, Math.max(0, usage) - cache);
    return new Memory(limit, Math.max(0, available), file.toString());
  }

  private static @Nullable Cpu cpu(ControlGroup group) {
    Path file = group.folder().resolve(group.isUnified() ? "cpu.max" : "cpu.cfs_quota_us");
    String[] quota = line(file).split(" ", -1);
    String period =
        group.isUnified()
            ? quota[quota.length - 1]
            : line(group.folder().resolve("cpu.cfs_period_us"));
    long time = number(quota[0]);
    long of = number(period);
    return time > 0 && of > 0 ? new Cpu((double) time / of, file.toString()) : null;
  }

  /** Returns the first line, or an empty string. */
  private static String line(Path file) {
    List<String> lines = ControlGroup.lines(file);
    return lines.isEmpty() ? "" : lines.get(0).strip();
  }

  /** Returns the numbers in lines of a name and a number. */
  private static Map<String, Long> table(Path file) {
    Map<String, Long> table = new TreeMap<>();
    for (String line : ControlGroup.lines(file)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        table.put(line.substring(0, space), Math.max(0, number(line.substring(space + 1))));
      }
    }
    return table;
  }

  /** Returns a number, or −1 for a negative or other value, such as "max". */
  private static long number(String text) {
    return text.matches("[0-9]{1,18}") || text.matches("[0-8][0-9]{18}")
        ? Long.parseLong(text)
        : -1;
  }
}
