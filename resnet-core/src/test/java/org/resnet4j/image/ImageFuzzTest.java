package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any bytes are an image or are refused in a sentence, within the memory that the header announces.
 */
class ImageFuzzTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The largest memory of an image that is decoded here, so that many fit into a minute. */
  private static final long MOST_DECODED = 8 << 20;

  /** Classes, buffers of a decoder, and messages. */
  private static final long FREE_BYTES = 8 << 20;

  /** Copies of segments, and objects for them. */
  private static final int MOST_BYTES_A_BYTE = 64;

  @MethodSource("seeds")
  @FuzzTest
  void anyBytesAreReadOrRefused(byte[] bytes) throws IOException {
    long most = FREE_BYTES + (long) MOST_BYTES_A_BYTE * bytes.length;
    if (allocated(bytes) > most) {
      assertThat(allocated(bytes)).isLessThan(most);
    }
  }

  /** Returns the number of bytes allocated beside those that the image announces. */
  private static long allocated(byte[] bytes) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    long announced = 0;
    try {
      EncodedImage image = ImageFiles.encoded("x", bytes.clone());
      if (image.memory() < MOST_DECODED) {
        announced = image.memory();
        Image decoded = image.orientation().apply(image.decode());
        announced += decoded.pixels().length; // the turned copy
      }
    } catch (DataFormatException refusal) {
      assertThat(refusal).hasMessageStartingWith("x: ");
      assertThat(refusal.getMessage()).doesNotContainPattern("\\p{Cntrl}");
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before - announced;
  }

  static Stream<byte[]> seeds() throws IOException, URISyntaxException {
    Path folder = Path.of(ImageFuzzTest.class.getResource("webp").toURI()).getParent();
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> images =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.toString().matches(".*(rgb|csv|class)"))
              .toList();
      return images.stream().map(ImageFuzzTest::bytes).filter(bytes -> bytes.length < 1 << 14);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
