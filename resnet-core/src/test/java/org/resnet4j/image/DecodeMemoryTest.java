package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.support.Prefetch;

@Timeout(60)
final class DecodeMemoryTest {
  @TempDir Path folder;

  /**
   * The budget holds two of the images, each of which takes 6 bytes a pixel (60,000) and its file.
   */
  @Test
  void concurrentDecodingStaysWithinTheBudget() throws IOException {
    Path file = jpeg(100, 100);
    DecodeMemory memory = new DecodeMemory(2 * (60_000 + Files.size(file)));
    AtomicLong most = new AtomicLong();
    List<Callable<Integer>> tasks =
        Collections.nCopies(
            200,
            () ->
                ImageFiles.read(
                    file,
                    image -> {
                      most.accumulateAndGet(memory.used(), Math::max);
                      Thread.onSpinWait();
                      return image.pixels().length;
                    },
                    memory));
    try (Prefetch<Integer> prefetch = new Prefetch<>(16, 32, tasks.iterator())) {
      while (prefetch.hasNext()) {
        assertThat(prefetch.next()).isEqualTo(30_000);
      }
    }
    // Files that were read may wait to be decoded.
    assertThat(most.get()).isBetween(60_000L, 2 * (60_000 + Files.size(file)));
    assertThat(memory.used()).isZero();
  }

  @Test
  void imageLargerThanTheBudgetIsDecodedAloneWithoutDeadlock() throws IOException {
    Path file = jpeg(100, 100);
    Path none = Files.writeString(folder.resolve("none.jpg"), "no image");
    DecodeMemory memory = new DecodeMemory(1);
    AtomicLong inUse = new AtomicLong();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Path next = i % 3 == 0 ? none : file;
      tasks.add(
          () -> {
            try {
              return ImageFiles.read(
                  next,
                  image -> {
                    assertThat(inUse.incrementAndGet()).isEqualTo(1);
                    inUse.decrementAndGet();
                    return 1;
                  },
                  memory);
            } catch (DataFormatException e) {
              return 0;
            }
          });
    }
    int read = 0;
    try (Prefetch<Integer> prefetch = new Prefetch<>(16, 32, tasks.iterator())) {
      while (prefetch.hasNext()) {
        read += prefetch.next();
      }
    }
    assertThat(read).isEqualTo(40);
    assertThat(memory.used()).isZero();
  }

  /**
   * Decodes twenty-four images of 12 megapixels, 72 MB each while they are decoded, on 32 threads
   * with a heap of 256 MB.
   */
  @Test
  void smallHeapSufficesForManyDecodingThreads() throws Exception {
    Path file = jpeg(4000, 3000);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.strip()).isEqualTo("24");
  }

  /** The program that the test above starts. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Path file = Path.of(arguments[0]);
      List<Callable<Integer>> tasks =
          Collections.nCopies(24, () -> ImageFiles.read(file, image -> 1));
      int read = 0;
      try (Prefetch<Integer> prefetch = new Prefetch<>(32, 48, tasks.iterator())) {
        while (prefetch.hasNext()) {
          read += prefetch.next();
        }
      }
      System.out.println(read);
    }
  }

  private Path jpeg(int width, int height) throws IOException {
    Path file = folder.resolve(width + ".jpg");
    ImageIO.write(
        new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "jpg", file.toFile());
    return file;
  }
}
