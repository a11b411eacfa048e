package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The property that fuzz tests check for any bytes: they are read, or refused in a sentence that
 * names the file; both take memory in proportion to them. A reader's fuzz test is a class with one
 * method that calls this, and its seeds.
 */
final class FuzzTarget {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long FREE_BYTES = 8 << 20;
  private static final int MOST_BYTES_A_BYTE = 64;

  private static final Path FOLDER = temporary();
  private static final Path FILE = FOLDER.resolve("weights");

  private FuzzTarget() {}

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("resnet4j-fuzz");
      // The order matters: deleteOnExit deletes in reverse order.
      folder.toFile().deleteOnExit();
      folder.resolve("weights").toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void read(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    long most = FREE_BYTES + (long) MOST_BYTES_A_BYTE * bytes.length;
    // Measured again, because classes may have been loaded and instrumented the first time.
    if (allocated() > most) {
      assertThat(allocated()).isLessThan(most);
    }
  }

  private static long allocated() {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      Hostile.readAll(FILE);
    } catch (IOException refusal) {
      assertThat(refusal).hasMessageStartingWith(FOLDER.toString());
      assertThat(refusal.getMessage())
          .isNotEqualTo(FILE.toString())
          .doesNotContainPattern("\\p{Cntrl}");
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Returns valid files and malformed ones of some size. */
  static Stream<byte[]> seeds(Stream<Hostile> malformed, String... goldens) {
    return Stream.concat(Stream.of(goldens).map(Goldens::bytes), malformed.map(Hostile::bytes))
        .filter(bytes -> bytes.length < 1 << 16);
  }
}
