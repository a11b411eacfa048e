package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time in nanoseconds that oneDNN primitives, and convolutions in their place, took per layer
 * and kind of work. Thread-safe.
 */
public final class Profile {
  /**
   * The time of one layer's primitives of one kind, such as {@code forward} of {@code
   * stage0.block0.conv1}.
   */
  public record Row(
      String layer, String work, String implementation, long calls, long nanoseconds) {}

  private record Key(String layer, String work, String implementation) {}

  private final Map<Key, long[]> totals = new LinkedHashMap<>();

  /** Adds one call. */
  public synchronized void add(String layer, String work, String implementation, long nanoseconds) {
    long[] total = totals.computeIfAbsent(new Key(layer, work, implementation), key -> new long[2]);
    total[0]++;
    total[1] += nanoseconds;
  }

  /** Returns the nanoseconds inside primitives so far. */
  public synchronized long nanoseconds() {
    return totals.values().stream().mapToLong(total -> total[1]).sum();
  }

  /** Returns one row per layer, work and implementation, in order of first use. */
  public synchronized List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    totals.forEach(
        (key, total) ->
            rows.add(new Row(key.layer, key.work, key.implementation, total[0], total[1])));
    return rows;
  }
}
