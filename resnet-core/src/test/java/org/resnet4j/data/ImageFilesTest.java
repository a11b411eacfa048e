package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
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
        "rgb.bmp"
      })
  void noPartOfAFileIsTakenForTheWhole(String name) throws IOException {
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
   * Directory beyond the end, more entries than bytes, cut anywhere: none of it stops a picture.
   */
  @Test
  void nonsenseInExifLeavesAPictureAsItIs() throws IOException {
    byte[] whole = bytes("exif6.jpg");
    byte[] expected = read(whole).pixels();
    int exif = new String(whole, StandardCharsets.ISO_8859_1).indexOf("Exif") + 6;
    for (int at = exif; at < exif + 34; at++) {
      for (int value : new int[] {0, 0x7f, 0xff}) {
        byte[] changed = whole.clone();
        changed[at] = (byte) value;
        assertThat(read(changed).pixels()).isEqualTo(expected);
      }
      assertThat(Orientation.ofTiff(whole, exif, at)).isEqualTo(Orientation.UPRIGHT);
    }
  }

  @Test
  void namesTheByteWhereAJpegEnds() throws IOException {
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes("rgb444.jpg"), 780)))
        .hasMessage("x: offset 780: expected more of the image but the file ends here" + REMEDY);
  }

  @Test
  void namesTheByteWhereAPngEnds() {
    assertThatThrownBy(() -> read(Arrays.copyOf(bytes("rgb.png"), 60)))
        .hasMessage("x: offset 60: expected more PNG chunks but the file ends here" + REMEDY);
  }

  @Test
  void namesTheChunkOfAPngThatIsDamaged() throws IOException {
    byte[] damaged = bytes("rgb.png");
    damaged[50] ^= 4;
    assertThatThrownBy(() -> read(damaged))
        .isInstanceOf(DataFormatException.class)
        .hasMessageMatching(
            "x: offset 33: expected chunk IDAT with check sum [0-9a-f]{8} but was [0-9a-f]{8}"
                + REMEDY);
  }

  @Test
  void refusesWhatIsNoImage() {
    assertThatThrownBy(() -> read("hello, world".getBytes(StandardCharsets.UTF_8)))
        .hasMessage(
            "x: expected a JPEG, PNG, BMP or GIF image but it starts with 68 65 6c 6c 6f 2c 20 77"
                + REMEDY);
    assertThatThrownBy(() -> read(new byte[0]))
        .hasMessage(
            "x: expected a JPEG, PNG, BMP or GIF image but it starts with nothing" + REMEDY);
  }

  @Test
  void refusesMoreThan64MegapixelsBeforeDecodingThem() throws IOException {
    byte[] huge = bytes("rgb.png");
    CRC32 crc = new CRC32();
    crc.update(ByteBuffer.wrap(huge).putInt(16, 65_536).putInt(20, 1_025).slice(12, 17));
    ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
    assertThatThrownBy(() -> read(huge))
        .hasMessage("x: expected at most 67108864 pixels but it has 65536x1025" + REMEDY);
  }

  @Test
  void damagedBytesNeverEscapeAsAnythingElse() throws IOException {
    for (String name : new String[] {"progressive.jpg", "cmyk.jpg", "palette.gif", "rgb.bmp"}) {
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
  void readsPastFillBytesBetweenSegments() throws IOException {
    byte[] whole = bytes("cmyk.jpg");
    byte[] filled = new byte[whole.length + 2];
    System.arraycopy(whole, 0, filled, 0, 2);
    filled[2] = (byte) 0xff;
    filled[3] = (byte) 0xff;
    System.arraycopy(whole, 2, filled, 4, whole.length - 2);
    assertThat(JpegSegments.of(filled).fourComponents()).isTrue();
    assertThat(JpegSegments.of(filled).bytes()).isEqualTo(filled);
    assertThat(read(whole).shape()).isEqualTo(new Shape(3, 18, 21));
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
