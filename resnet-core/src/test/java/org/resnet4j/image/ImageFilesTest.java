package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;

final class ImageFilesTest {
  private static final String REMEDY = "; save it again as JPEG or PNG, or remove it";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb420.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb16.png",
        "palette8.png",
        "rgb.bmp",
        "../webp/plain.webp",
        "../webp/exif6.webp",
        "../webp/lossless.webp",
        "../webp/animated.webp"
      })
  void truncatedFileIsRefused(String name) throws IOException {
    byte[] whole = bytes(name);
    for (int length = 0; length < whole.length; length += 1 + whole.length / 100) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(part))
          .as("%d bytes of %s", length, name)
          .isInstanceOf(DataFormatException.class)
          .hasMessageStartingWith("x: ")
          .hasMessageEndingWith(REMEDY);
    }
  }

  /**
   * Malformed directories (beyond the end, too many entries, truncated) do not prevent decoding.
   */
  @Test
  void malformedExifLeavesTheImageUnchanged() throws IOException {
    byte[] whole = bytes("exif6.jpg");
    byte[] turned = read(whole.clone()).pixels();
    byte[] stored = read(bytes("exif1.jpg")).pixels();
    int exif = new String(whole, StandardCharsets.ISO_8859_1).indexOf("Exif") + 6;
    for (int at = exif; at < exif + 34; at++) {
      for (int value : new int[] {0, 0x7f, 0xff}) {
        byte[] changed = whole.clone();
        changed[at] = (byte) value;
        assertThat(read(changed).pixels()).isIn(turned, stored);
      }
      assertThat(Orientation.ofTiff(whole, exif, at)).isIn(null, Orientation.UPRIGHT);
    }
  }

  @Test
  void truncatedJpegIsRefusedWithItsByteOffset() throws IOException {
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes("rgb444.jpg"), 780)))
        .hasMessage("x: offset 780: expected more of the image but the file ends here" + REMEDY);
  }

  @Test
  void truncatedPngIsRefusedWithItsByteOffset() {
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes("rgb.png"), 60)))
        .hasMessage("x: offset 60: expected more PNG chunks but the file ends here" + REMEDY);
  }

  @Test
  void damagedPngIsRefusedWithItsChunk() throws IOException {
    byte[] damaged = bytes("rgb.png");
    damaged[50] ^= 4;
    assertThatThrownBy(() -> read(damaged))
        .isInstanceOf(DataFormatException.class)
        .hasMessageMatching(
            "x: offset 33: expected chunk IDAT with check sum [0-9a-f]{8} but was [0-9a-f]{8}"
                + REMEDY);
  }

  @Test
  void chunkWithAControlCharacterInItsNameIsRefusedInOneLine() throws IOException {
    byte[] damaged = bytes("rgb.png");
    damaged[38] = '\n';
    assertThatThrownBy(() -> read(damaged))
        .isInstanceOf(DataFormatException.class)
        .hasMessageStartingWith("x: offset 33: expected chunk I\\u000aAT with check sum ");
  }

  @Test
  void fileThatIsNoImageIsRefused() {
    assertThatThrownBy(() -> read("hello, world".getBytes(StandardCharsets.UTF_8)))
        .hasMessage(
            "x: expected a JPEG, PNG, BMP, GIF or WebP image but it starts with 68 65 6c 6c 6f 2c 20 77"
                + REMEDY);
    assertThatThrownBy(() -> read(new byte[0]))
        .hasMessage(
            "x: expected a JPEG, PNG, BMP, GIF or WebP image but it starts with nothing" + REMEDY);
  }

  @Test
  void imageAbove64MegapixelsIsRefusedBeforeDecoding() throws IOException {
    byte[] huge = bytes("rgb.png");
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.wrap(huge).putInt(16, 32_768).putInt(20, 2_049).slice(12, 17));
    ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> read(huge))
        .hasMessage("x: expected at most 67108864 pixels but it has 32768x2049" + REMEDY);
  }

  @Test
  void damagedBytesThrowNothingButDataFormatException() throws IOException {
    for (String name :
        new String[] {
          "progressive.jpg",
          "cmyk.jpg",
          "palette.gif",
          "rgb.bmp",
          "../webp/plain.webp",
          "../webp/four-segments.webp",
          "../webp/lossless-best.webp",
          "../webp/palette16.webp",
          "../webp/animated.webp"
        }) {
      byte[] whole = bytes(name);
      for (int at = 0; at < whole.length; at += 7) {
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) 0xa5;
        try {
          assertThat(read(damaged).shape().channels()).isEqualTo(3);
        } catch (DataFormatException e) {
          assertThat(e).hasMessageStartingWith("x: ").hasMessageEndingWith(REMEDY);
        }
      }
    }
  }

  @Test
  void jpegFillBytesBetweenSegmentsAreSkipped() throws IOException {
    byte[] whole = bytes("cmyk.jpg");
    byte[] filled = new byte[whole.length + 2];
    System.arraycopy(whole, 0, filled, 0, 2);
    filled[2] = (byte) 0xff;
    filled[3] = (byte) 0xff;
    System.arraycopy(whole, 2, filled, 4, whole.length - 2);
    assertThat(read(filled).pixels()).isEqualTo(read(whole).pixels());
  }

  @Test
  @Timeout(20)
  void fileThatIsExpensiveToDecodeIsRefusedBeforeDecoding() throws IOException {
    byte[] progressive = bytes("progressive.jpg");
    String text = new String(progressive, StandardCharsets.ISO_8859_1);
    int last = text.lastIndexOf("\u00ff\u00da");
    int end = text.lastIndexOf("\u00ff\u00d9");
    ByteArrayOutputStream scans = new ByteArrayOutputStream();
    scans.write(progressive, 0, end);
    for (int i = 0; i < 100_000; i++) {
      scans.write(progressive, last, end - last);
    }
    scans.write(progressive, end, 2);
    assertThatThrownBy(() -> read(scans.toByteArray()))
        .hasMessage("x: expected a JPEG of at most 64 scans but it has more" + REMEDY);

    byte[] tall = bytes("rgb.png");
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.wrap(tall).putInt(16, 1).putInt(20, 1 << 26).slice(12, 17));
    ByteBuffer.wrap(tall).putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> read(tall))
        .hasMessage("x: expected sides of 1 to 32768 pixels but it has 1x67108864" + REMEDY);
  }

  /** The readers of ImageIO would accept two of these formats. */
  @Test
  void unsupportedFormatsAreRefusedByName() {
    String[] starts = {
      "II*\0....|TIFF",
      "MM\0*....|TIFF",
      "\0\0\0 ftypavif|AVIF",
      "\0\0\0 ftypheix|HEIC",
      "\0\0\0\fJXL |JPEG XL"
    };
    for (String start : starts) {
      String[] parts = start.split("\\|", 2);
      assertThatThrownBy(() -> read(parts[0].getBytes(StandardCharsets.ISO_8859_1)))
          .hasMessage(
              "x: expected a JPEG, PNG, BMP, GIF or WebP image but it is " + parts[1] + REMEDY);
    }
    assertThatThrownBy(() -> read(new byte[] {0, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8}))
        .hasMessageContaining("but it starts with 00 00 08 08");
  }

  @Test
  @Timeout(20)
  void onlyRegularFilesAreOpened(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("pipe.png");
    Path gone = Files.createSymbolicLink(folder.resolve("gone.png"), Path.of("nowhere.png"));
    Path zero = Files.createSymbolicLink(folder.resolve("zero.png"), Path.of("/dev/zero"));
    Path image = Files.write(folder.resolve("image.png"), bytes("rgb.png"));
    Path linked = Files.createSymbolicLink(folder.resolve("linked.png"), image);
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);

    assertThat(ImageFiles.read(linked).pixels()).isEqualTo(ImageFiles.read(image).pixels());
    assertThatThrownBy(() -> ImageFiles.read(gone))
        .hasMessage(
            gone
                + ": expected a link that can be followed but nowhere.png cannot be opened; repair"
                + " the link or remove it");
    for (Path file : List.of(pipe, zero)) {
      assertThatThrownBy(() -> ImageFiles.read(file))
          .hasMessage(
              file
                  + ": expected a regular file but it is a device, a pipe or a socket; name a file,"
                  + " or remove it");
    }
    assertThatThrownBy(() -> ImageFiles.read(folder))
        .hasMessage(
            folder + ": expected a regular file but it is a folder; name a file, or remove it");
    assertThatThrownBy(() -> ImageFiles.read(folder.resolve("none.png")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void errorWhileDecodingNamesTheFile(@TempDir Path folder) throws IOException {
    Path image = Files.write(folder.resolve("image.png"), bytes("rgb.png"));
    assertThatThrownBy(
            () ->
                ImageFiles.read(
                    image,
                    read -> {
                      throw new OutOfMemoryError("Java heap space");
                    }))
        .isInstanceOf(DataFormatException.class)
        .hasMessageStartingWith(image + ": expected memory for 21x18 pixels but Java's heap of ");
    assertThatThrownBy(() -> ImageFiles.read(image, read -> Math.toIntExact(1L << 40)))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(image + ": integer overflow");
  }

  /** The expected image is {@code Image.reduce(2)} in {@code image_variants.py}. */
  @Test
  void largeJpegIsHalvedAsByPillow() throws IOException {
    byte[] whole = bytes("rgb420.jpg");
    JpegImage image = (JpegImage) ImageFiles.encoded("x", whole);
    Image halved = small(image, 100).decode();
    assertThat(halved.shape()).isEqualTo(new Shape(3, 9, 11));
    assertThat(small(image, 378).decode().shape()).isEqualTo(new Shape(3, 18, 21));
    byte[] full = image.decode().pixels();
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < 9; y++) {
        for (int x = 0; x < 11; x++) {
          int right = Math.min(2 * x + 1, 20);
          int sum = 2;
          for (int from : new int[] {2 * y * 21, (2 * y + 1) * 21}) {
            sum += (full[c * 378 + from + 2 * x] & 0xff) + (full[c * 378 + from + right] & 0xff);
          }
          assertThat(halved.pixels()[(c * 9 + y) * 11 + x]).isEqualTo((byte) (sum >> 2));
        }
      }
    }
    assertThatThrownBy(() -> small(image, 90).decode())
        .hasMessage(
            "x: expected at most 90 pixels, or four times as many in a single scan, but it has"
                + " 21x18 in 1"
                + REMEDY);
  }

  private static JpegImage small(JpegImage image, int most) {
    return new JpegImage(
        image.where(),
        image.bytes(),
        image.length(),
        image.frame(),
        image.colours(),
        image.scans(),
        image.orientation(),
        most);
  }

  private static Image read(byte[] bytes) throws IOException {
    return ImageFiles.read("x", new ByteArrayInputStream(bytes));
  }

  private static byte[] bytes(String name) throws IOException {
    try (InputStream in = ImageFilesTest.class.getResourceAsStream("pillow/" + name)) {
      if (in == null) {
        throw new AssertionError(name + " is missing; run src/test/python/pillow_goldens.py");
      }
      return in.readAllBytes();
    }
  }
}
