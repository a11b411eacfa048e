package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.ImageFacts;
import org.resnet4j.support.Digest;

/** The results of examining files: little for each, so that millions fit. */
final class FileLedger {
  /** The greatest number of files of a kind whose names are kept. */
  private static final int KEPT = 3;

  private final long[] sums;
  private final boolean[] readable;
  private final Map<Integer, String> unreadable = new TreeMap<>();
  private final Group sixteenBit = new Group();
  private final Group cmyk = new Group();
  private final Group misnamed = new Group();
  private @Nullable Size smallest;
  private @Nullable Size largest;
  private boolean oneSize = true;
  private long pixels;

  FileLedger(int files) {
    sums = new long[files];
    readable = new boolean[files];
  }

  /** The number of files of a kind, and the first of them. */
  static final class Group {
    private int count;
    private final List<Integer> first = new ArrayList<>();

    private void add(int index) {
      if (count++ < KEPT) {
        first.add(index);
      }
    }

    int count() {
      return count;
    }

    List<Integer> first() {
      return first;
    }
  }

  /** A size in pixels. */
  record Size(int width, int height) {
    private long pixels() {
      return (long) width * height;
    }

    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /**
   * The result for one file.
   *
   * @param sum first eight bytes of its SHA-256
   * @param facts null if it cannot be read
   * @param problem why it cannot be read, or empty
   */
  record Entry(int index, long sum, @Nullable ImageFacts facts, String problem, boolean misnamed) {}

  /** Reads a file and returns what it is; a file that cannot be read is no exception. */
  static Entry examine(int index, Path file, boolean decode) {
    long[] sum = {0};
    try {
      ImageFacts facts =
          ImageFacts.of(
              file,
              decode,
              bytes -> sum[0] = decode ? 0 : ImageSums.start(Digest.sha256().add(bytes).hex()));
      boolean misnamed = !ImageFacts.mayBeNamed(String.valueOf(file.getFileName()), facts.format());
      return new Entry(index, sum[0], facts, "", misnamed);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      boolean named = message.contains(file.toString());
      return new Entry(index, 0, null, named ? message : file + ": " + e, false);
    } catch (OutOfMemoryError e) {
      String says = file + ": expected an image that fits into Java's heap; give it more with -Xmx";
      return new Entry(index, 0, null, says, false);
    }
  }

  /** Adds a result, which corrects an earlier one if the pixels have been decoded. */
  void add(Entry entry, boolean decoded) {
    ImageFacts facts = entry.facts;
    readable[entry.index] = facts != null;
    if (facts == null) {
      unreadable.put(entry.index, entry.problem);
      return;
    }
    if (decoded) {
      return;
    }
    sums[entry.index] = entry.sum;
    if (facts.bits() > 8) {
      sixteenBit.add(entry.index);
    }
    if (facts.cmyk()) {
      cmyk.add(entry.index);
    }
    if (entry.misnamed) {
      misnamed.add(entry.index);
    }
    add(new Size(facts.width(), facts.height()));
  }

  private void add(Size size) {
    pixels += size.pixels();
    Size least = smallest;
    Size most = largest;
    oneSize &= least == null || least.equals(size);
    smallest = least == null || size.pixels() < least.pixels() ? size : least;
    largest = most == null || size.pixels() > most.pixels() ? size : most;
  }

  boolean isReadable(int index) {
    return readable[index];
  }

  long pixels() {
    return pixels;
  }

  /** Returns the contents of the files that can be read, of the first {@code count}. */
  ImageSums sums(int count) {
    return ImageSums.of(
        IntStream.range(0, Math.min(count, sums.length))
            .filter(this::isReadable)
            .mapToLong(i -> sums[i])
            .toArray());
  }

  /** Returns the reason for each file that cannot be read, by its index. */
  Map<Integer, String> unreadable() {
    return unreadable;
  }

  Group sixteenBit() {
    return sixteenBit;
  }

  Group cmyk() {
    return cmyk;
  }

  Group misnamed() {
    return misnamed;
  }

  boolean oneSize() {
    return oneSize;
  }

  @Nullable Size smallest() {
    return smallest;
  }

  @Nullable Size largest() {
    return largest;
  }

  /**
   * Returns the groups of files that are equal byte for byte; indices in a group ascend.
   *
   * @param file of an index
   */
  List<int[]> equalFiles(IntFunction<Path> file) throws IOException {
    Integer[] bySum =
        IntStream.range(0, sums.length)
            .filter(this::isReadable)
            .boxed()
            .sorted(Comparator.<Integer>comparingLong(i -> sums[i]).thenComparing(i -> i))
            .toArray(Integer[]::new);
    List<int[]> groups = new ArrayList<>();
    for (int from = 0; from < bySum.length; ) {
      int to = from + 1;
      while (to < bySum.length
          && sums[bySum[to]] == sums[bySum[from]]
          && Files.mismatch(file.apply(bySum[from]), file.apply(bySum[to])) < 0) {
        to++;
      }
      if (to - from > 1) {
        groups.add(Arrays.stream(bySum, from, to).mapToInt(Integer::intValue).toArray());
      }
      from = to;
    }
    groups.sort(Comparator.comparingInt(group -> group[0]));
    return groups;
  }
}
