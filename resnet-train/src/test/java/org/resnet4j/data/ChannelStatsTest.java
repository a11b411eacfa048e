package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.arch.Shape;

final class ChannelStatsTest {
  private static final Path DEBIAN = Path.of("/usr/share/datasets/fashion-mnist");
  private static final List<String> TEN = IntStream.range(0, 10).mapToObj(i -> "c" + i).toList();

  @TempDir Path folder;

  @Test
  void statisticsOfFashionMnistAreReproduced() throws IOException {
    assumeTrue(
        Files.isDirectory(DEBIAN), "Debian's package dataset-fashion-mnist is not installed");
    try (ImageSource source =
        Idx.open(
            DEBIAN.resolve("train-images-idx3-ubyte.gz"),
            DEBIAN.resolve("train-labels-idx1-ubyte.gz"),
            TEN)) {
      assertThat(source.size()).isEqualTo(60_000);
      assertClose(ChannelStats.of(source), ChannelStats.FASHION_MNIST, 0.00005);
    }
  }

  /**
   * The images are first written into CIFAR's own format, which tests its reader on real images
   * too.
   */
  @Test
  @EnabledIfSystemProperty(
      named = "resnet4j.cifar10Jpeg",
      matches = ".+",
      disabledReason = "name a zip of CIFAR-10's images as JPEG, train/CLASS/NNNN.jpg")
  void statisticsOfCifar10AreReproducedFromItsJpegs() throws IOException {
    Path zip = Path.of(System.getProperty("resnet4j.cifar10Jpeg"));
    Path binary = folder.resolve("data_batch_1.bin");
    List<String> classes = CifarJpeg.write(zip, "train", binary);
    try (ImageSource source = Cifar.CIFAR10.open(List.of(binary), classes)) {
      assertThat(source.size()).isEqualTo(50_000);
      assertClose(ChannelStats.of(source), ChannelStats.CIFAR10, 0.002); // JPEG smooths
    }
  }

  @Test
  void statisticsOfEveryChannelCoverAllPixels() throws IOException {
    ImageSource source = new MemoryImages(3, new Shape(2, 1, 2), MemoryImages.THREE);
    ChannelStats stats = ChannelStats.of(source); // channel 0: 0 7 1 8 2 9, channel 1: 14 more
    assertThat(stats.mean().get(0)).isCloseTo(4.5 / 255, within(1e-12));
    assertThat(stats.mean().get(1)).isCloseTo(18.5 / 255, within(1e-12));
    double std = Math.sqrt((20.25 + 6.25 + 12.25) * 2 / 6 + 0.0) / 255;
    assertThat(stats.std().get(1)).isCloseTo(std, within(1e-12));
    assertThat(stats.basis()).isEqualTo("all pixels of 3 images, population std");
  }

  @Test
  void statisticsOfImagesOfOneColourAreRefused() {
    ImageSource source = new MemoryImages(1, new Shape(1, 1, 1), MemoryImages.THREE);
    assertThatThrownBy(() -> ChannelStats.of(source))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "channel statistics measured: expected one mean and one positive std a channel but they were [0.0] and [0.0]");
  }

  @Test
  void statisticsAreFoundByName() {
    assertThat(ChannelStats.byName("cifar100")).isSameAs(ChannelStats.CIFAR100);
    assertThatThrownBy(() -> ChannelStats.byName("svhn"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .startsWith("channel statistics: expected one of none, fashion-mnist, ")
        .endsWith(" but was \"svhn\"");
  }

  private static void assertClose(ChannelStats actual, ChannelStats published, double tolerance) {
    for (int c = 0; c < published.mean().size(); c++) {
      assertThat(actual.mean().get(c))
          .as("mean of channel %d", c)
          .isCloseTo(published.mean().get(c), within(tolerance));
      assertThat(actual.std().get(c))
          .as("std of channel %d", c)
          .isCloseTo(published.std().get(c), within(tolerance));
    }
  }
}
