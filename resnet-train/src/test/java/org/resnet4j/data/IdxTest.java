package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;

final class IdxTest {
  private static final byte[] IMAGES = IdxFiles.images(3, 2, 2, 12);
  private static final byte[] LABELS = IdxFiles.labels(3, 2, 0, 1);

  @TempDir Path folder;

  static Stream<Arguments> soundPairs() {
    return Stream.of(
        arguments(named("plain images", IMAGES), named("plain labels", LABELS)),
        arguments(named("gzipped images", IdxFiles.gzipped(IMAGES)), named("plain labels", LABELS)),
        arguments(named("plain images", IMAGES), named("gzipped labels", IdxFiles.gzipped(LABELS))),
        arguments(
            named("gzipped images", IdxFiles.gzipped(IMAGES)),
            named("gzipped labels", IdxFiles.gzipped(LABELS))));
  }

  @ParameterizedTest
  @MethodSource("soundPairs")
  void plainAndCompressedFilesAreReadUnderAnyName(byte[] images, byte[] labels) throws IOException {
    try (ImageSource source =
        Idx.open(file("a.gz", images), file("b.bin", labels), MemoryImages.THREE)) {
      assertContents(source);
    }
  }

  @Test
  void streamsAreRead() throws IOException {
    try (ImageSource source =
        Idx.open(
            "embedded",
            new ByteArrayInputStream(IdxFiles.gzipped(IMAGES)),
            new ByteArrayInputStream(IdxFiles.gzipped(LABELS)),
            MemoryImages.THREE)) {
      assertContents(source);
    }
  }

  private static void assertContents(ImageSource source) throws IOException {
    assertThat(source.size()).isEqualTo(3);
    assertThat(IntStream.range(0, 3).map(source::label)).containsExactly(2, 0, 1);
    assertThat(source.classes()).containsExactly("zero", "one", "two");
    assertThat(source.read(2).shape()).isEqualTo(new Shape(1, 2, 2));
    assertThat(source.read(2).pixels()).containsExactly(8, 9, 10, 11);
    assertThat(source.read(0).pixels()).containsExactly(0, 1, 2, 3);
  }

  static Stream<Arguments> brokenPairs() {
    byte[] unpackable = IdxFiles.gzipped(IMAGES);
    unpackable[unpackable.length - 5] ^= 1; // of the check sum
    byte[] trailing = Arrays.copyOf(IdxFiles.gzipped(IMAGES), IdxFiles.gzipped(IMAGES).length + 4);
    return Stream.of(
        broken(
            "images of no bytes",
            new byte[0],
            LABELS,
            "I: offset 0: expected a header of 16 bytes but the file ends here; fetch the file again"),
        broken(
            "a header cut short",
            Arrays.copyOf(IMAGES, 7),
            LABELS,
            "I: offset 7: expected a header of 16 bytes but the file ends here; fetch the file again"),
        broken(
            "files swapped",
            Arrays.copyOf(LABELS, 20),
            IMAGES,
            "I: offset 0: expected IDX images, which start with 00000803, but was 00000801; give the image file first and the label file second"),
        broken(
            "labels that are images",
            IMAGES,
            IMAGES,
            "L: offset 0: expected IDX labels, which start with 00000801, but was 00000803; give the image file first and the label file second"),
        broken(
            "a negative count",
            IdxFiles.images(-1, 2, 2, 12),
            LABELS,
            "I: offset 4: expected 1 to 2147483647 images but was -1; fetch the file again"),
        broken(
            "no rows",
            IdxFiles.images(3, 0, 2, 12),
            LABELS,
            "I: offset 8: expected 1 to 8192 rows but was 0; fetch the file again"),
        broken(
            "columns that would overflow",
            IdxFiles.images(3, 8192, Integer.MAX_VALUE, 12),
            LABELS,
            "I: offset 12: expected 1 to 8192 columns but was 2147483647; fetch the file again"),
        broken(
            "too few pixels",
            IdxFiles.images(3, 2, 2, 11),
            LABELS,
            "I: offset 27: expected 28 bytes but the file ends here; fetch the file again"),
        broken(
            "too few pixels, compressed",
            IdxFiles.gzipped(IdxFiles.images(3, 2, 2, 11)),
            LABELS,
            "I: offset 27: expected 28 bytes but the file ends here; fetch the file again"),
        broken(
            "too many pixels",
            IdxFiles.images(3, 2, 2, 13),
            LABELS,
            "I: offset 28: expected the end of the file but there are more bytes; fetch the file again"),
        broken(
            "too many pixels, compressed",
            IdxFiles.gzipped(IdxFiles.images(3, 2, 2, 13)),
            LABELS,
            "I: offset 28: expected the end of the file but there are more bytes; fetch the file again"),
        broken(
            "a compressed file cut short",
            Arrays.copyOf(IdxFiles.gzipped(IMAGES), 30),
            LABELS,
            "I: offset 16: expected more gzip data but the file ends; fetch the file again"),
        broken(
            "a compressed file with a flipped bit",
            unpackable,
            LABELS,
            "I: offset 16: expected gzip data but found \"Gzip-compressed data is corrupt (CRC32 error).\"; fetch the file again"),
        broken(
            "a compressed file with trailing bytes",
            trailing,
            LABELS,
            "I: offset 16: expected gzip data but found \"Unexpected data after a valid .gz stream.\"; fetch the file again"),
        broken(
            "a compressed file of two bytes",
            new byte[] {0x1f, (byte) 0x8b},
            LABELS,
            "I: offset 0: expected more gzip data but the file ends; fetch the file again"),
        broken(
            "more images than the heap holds",
            IdxFiles.images(Integer.MAX_VALUE, 8192, 8192, 12),
            LABELS,
            "I: offset 28: expected 144115188008747024 bytes but the file ends here; fetch the file again"),
        broken(
            "more images than the heap holds, compressed",
            IdxFiles.gzipped(IdxFiles.images(Integer.MAX_VALUE, 28, 28, 12)),
            LABELS,
            "I: offset 28: expected 1683627179264 bytes but the file ends here; fetch the file again"),
        broken(
            "another number of labels",
            IMAGES,
            IdxFiles.labels(Integer.MAX_VALUE, 2, 0, 1),
            "L: offset 4: expected 3 labels, one for each image of I, but was 2147483647; give the two files of one dataset"),
        broken(
            "too few labels",
            IMAGES,
            IdxFiles.labels(3, 2, 0),
            "L: offset 10: expected 11 bytes but the file ends here; fetch the file again"),
        broken(
            "too many labels",
            IMAGES,
            IdxFiles.labels(3, 2, 0, 1, 1),
            "L: offset 11: expected the end of the file but there are more bytes; fetch the file again"),
        broken(
            "a label without a class",
            IMAGES,
            IdxFiles.labels(3, 2, 0, 255),
            "L: offset 10: expected a label below 3 but was 255; name every class of the dataset, or fetch the file again"));
  }

  private static Arguments broken(String what, byte[] images, byte[] labels, String message) {
    return arguments(what, images, labels, message);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenPairs")
  void malformedFilesAreRefusedInOneSentence(
      String what, byte[] images, byte[] labels, String message) throws IOException {
    Path imageFile = file("images", images);
    Path labelFile = file("labels", labels);
    assertThatThrownBy(() -> Idx.open(imageFile, labelFile, MemoryImages.THREE))
        .as(what)
        .isInstanceOf(DataFormatException.class)
        .extracting(e -> readable(String.valueOf(e.getMessage()), imageFile, labelFile))
        .isEqualTo(message);
  }

  private static String readable(String message, Path images, Path labels) {
    return message.replace(images.toString(), "I").replace(labels.toString(), "L");
  }

  @Test
  void noTemporaryFileIsLeftBehind() throws IOException {
    List<Path> before = temporaries();
    Path images = file("images", IdxFiles.gzipped(IMAGES));
    Path labels = file("labels", LABELS);
    Idx.open(images, labels, MemoryImages.THREE).close();
    assertThatThrownBy(() -> Idx.open(images, images, MemoryImages.THREE))
        .isInstanceOf(DataFormatException.class);
    assertThat(temporaries()).isEqualTo(before);
  }

  private static List<Path> temporaries() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().startsWith("resnet4j")).toList();
    }
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  /**
   * The file contains 96 MB of black images that are valid but for their size, in 98 KB of gzip.
   */
  @Test
  void gzipBombIsRefused() throws IOException {
    int count = 1500;
    ByteBuffer images = ByteBuffer.allocate(16 + count * 256 * 256);
    images.putInt(0x803).putInt(count).putInt(256).putInt(256);
    Path file = file("bomb.gz", IdxFiles.gzipped(images.array()));
    Path labels = file("labels", IdxFiles.labels(count, new int[count]));
    assertThat(Files.size(file)).isLessThan(100_000);
    assertThatThrownBy(() -> Idx.open(file, labels, MemoryImages.THREE))
        .isInstanceOf(DataFormatException.class)
        .hasMessageStartingWith(file + ": offset ")
        .hasMessageContaining("expected at most 64 bytes of data a byte of gzip but its first ")
        .hasMessageEndingWith("bytes unpack to more; fetch the file again");
  }
}
