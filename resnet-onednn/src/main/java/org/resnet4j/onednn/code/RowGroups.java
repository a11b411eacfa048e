package org.resnet4j.onednn.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The division of a matrix's rows into groups that fit registers, and of groups into loops. */
final class RowGroups {
  private RowGroups() {}

  /**
   * Equal groups of rows at equal distances.
   *
   * @param first row of the first group; {@code end} is the row after its last
   * @param count number of groups
   * @param fromStep distance of groups in the left matrix in bytes
   * @param intoStep distance of groups in the results in bytes
   */
  record Run(int first, int end, int count, int fromStep, int intoStep) {}

  /**
   * Returns groups of almost equal size, larger ones first.
   *
   * @param most number of rows in a group
   * @param alone whether the first group is a run of its own
   */
  static List<Run> of(int[] from, int[] into, int most, boolean alone) {
    int groups = (from.length + most - 1) / most;
    int[] starts = new int[groups + 1];
    for (int i = 0; i < groups; i++) {
      starts[i + 1] = starts[i] + from.length / groups + (i < from.length % groups ? 1 : 0);
    }
    List<Run> runs = new ArrayList<>();
    int group = 0;
    while (group < groups) {
      int count = alone && group == 0 ? 1 : repeated(from, into, starts, group);
      int first = starts[group];
      int next = count > 1 ? starts[group + 1] : first;
      runs.add(
          new Run(
              first, starts[group + 1], count, from[next] - from[first], into[next] - into[first]));
      group += count;
    }
    return runs;
  }

  /** Returns the number of groups from {@code group} on that differ by one distance. */
  private static int repeated(int[] from, int[] into, int[] starts, int group) {
    int count = 1;
    while (group + count + 1 < starts.length
        && isShifted(from, starts, group, count)
        && isShifted(into, starts, group, count)) {
      count++;
    }
    return count;
  }

  /** Returns whether a group is the first of the run, moved {@code count} times the distance. */
  private static boolean isShifted(int[] offsets, int[] starts, int group, int count) {
    int[] first = Arrays.copyOfRange(offsets, starts[group], starts[group + 1]);
    int at = starts[group + count];
    int step = offsets[starts[group + 1]] - first[0];
    if (starts[group + count + 1] - at != first.length) {
      return false;
    }
    for (int i = 0; i < first.length; i++) {
      if (offsets[at + i] != first[i] + count * step) {
        return false;
      }
    }
    return true;
  }
}
