package org.resnet4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.resnet4j.support.Digest;
import org.resnet4j.support.Prefetch;

/**
 * The contents of image files, by which equal files are recognised under any name: 48 bits of the
 * SHA-256 of each.
 */
public final class ImageSums {
  private static final int BYTES = 6;
  private static final int CHARACTERS = 8;
  private static final int UNUSED_BITS = Long.SIZE - Byte.SIZE * BYTES;

  /** The greatest number of images whose sums are kept, in 16 MB. */
  private static final int MOST = 2_000_000;

  /** The sums of no images. */
  public static final ImageSums NONE = new ImageSums(new long[0]);

  private final long[] ascending;

  private ImageSums(long[] ascending) {
    this.ascending = ascending;
  }

  /**
   * Returns the sums of all images, or none if they are not files or are more than two million.
   *
   * @throws java.io.UncheckedIOException when a file cannot be read
   */
  public static ImageSums of(ImageSource images) {
    return images.size() > MOST || !areFiles(images) ? NONE : sorted(sums(images));
  }

  /** Returns the sums of images whose files begin with {@code starts}, as {@link #start} does. */
  static ImageSums of(long[] starts) {
    return starts.length > MOST
        ? NONE
        : sorted(Arrays.stream(starts).map(start -> start >>> UNUSED_BITS).toArray());
  }

  private static ImageSums sorted(long[] sums) {
    Arrays.sort(sums);
    return new ImageSums(sums);
  }

  /** Returns the first 64 bits of a SHA-256. */
  static long start(String sha256) {
    return Long.parseUnsignedLong(sha256, 0, 2 * Long.BYTES, 16);
  }

  /**
   * Returns the sums that a text of {@link #toString} holds.
   *
   * @throws IllegalArgumentException when it is not such a text
   */
  public static ImageSums parse(String text) {
    if (text.length() % CHARACTERS != 0) {
      throw new IllegalArgumentException(
          "sums: expected %s characters for each image but there are %s in all"
              .formatted(CHARACTERS, text.length()));
    }
    byte[] bytes = bytes(text);
    long[] sums = new long[bytes.length / BYTES];
    ByteBuffer from = ByteBuffer.wrap(bytes);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = ((from.getShort() & 0xffffL) << Integer.SIZE) | (from.getInt() & 0xffffffffL);
    }
    return sorted(sums);
  }

  private static byte[] bytes(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sums: expected Base64 but there is another character", e);
    }
  }

  /** Returns the number of images. */
  public int size() {
    return ascending.length;
  }

  /**
   * Returns the indices of the images whose files are equal to one of these.
   *
   * @throws java.io.UncheckedIOException when a file cannot be read
   */
  public BitSet among(ImageSource images) {
    BitSet equal = new BitSet();
    if (ascending.length > 0 && areFiles(images)) {
      long[] sums = sums(images);
      for (int i = 0; i < sums.length; i++) {
        equal.set(i, Arrays.binarySearch(ascending, sums[i]) >= 0);
      }
    }
    return equal;
  }

  private static boolean areFiles(ImageSource images) {
    return IntStream.range(0, images.size()).allMatch(i -> images.file(i).isPresent());
  }

  private static long[] sums(ImageSource images) {
    int threads = Runtime.getRuntime().availableProcessors();
    Stream<Callable<Long>> tasks =
        IntStream.range(0, images.size())
            .mapToObj(images::file)
            .map(file -> () -> sum(file.orElseThrow()));
    try (Prefetch<Long> results = new Prefetch<>(threads, 4 * threads, tasks.iterator())) {
      return IntStream.range(0, images.size()).mapToLong(i -> results.next()).toArray();
    }
  }

  private static long sum(Path file) throws IOException {
    return start(Digest.sha256(file)) >>> UNUSED_BITS;
  }

  /** Returns the sums in Base64, in ascending order. */
  @Override
  public String toString() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES * ascending.length);
    for (long sum : ascending) {
      bytes.putShort((short) (sum >> Integer.SIZE)).putInt((int) sum);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
