package org.resnet4j.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The orientation of a PNG file, from the chunks that Pillow reads: eXIf, then ImageMagick's raw
 * profile, then XMP.
 */
final class PngOrientation {
  /** The limit of Pillow, {@code MAX_TEXT_CHUNK}: a longer decompressed text is left out. */
  private static final int MOST_TEXT = 1 << 20;

  private static final String PROFILE = "Raw profile type exif";
  private static final String XMP = "XML:com.adobe.xmp";

  private byte @Nullable [] exif;
  private byte @Nullable [] profile;
  private byte @Nullable [] xmp;

  /** Reads the chunk {@code name} with the data from {@code from} to {@code to}. */
  void add(String name, byte[] bytes, int from, int to) {
    if (name.equals("eXIf")) {
      exif = Arrays.copyOfRange(bytes, from, to);
      return;
    }
    if (!name.equals("tEXt") && !name.equals("zTXt") && !name.equals("iTXt")) {
      return;
    }
    int end = zero(bytes, from, to);
    String keyword = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    if (keyword.equals(PROFILE)) {
      profile = text(name, bytes, end + 1, to);
    } else if (keyword.equals(XMP)) {
      xmp = text(name, bytes, end + 1, to);
    }
  }

  private static byte @Nullable [] text(String name, byte[] bytes, int from, int to) {
    if (name.equals("tEXt")) {
      return Arrays.copyOfRange(bytes, Math.min(from, to), to);
    }
    if (name.equals("zTXt")) {
      return from < to && bytes[from] == 0 ? unpacked(bytes, from + 1, to) : null;
    }
    // flag and method of compression, language, translated keyword
    int language = from + 2;
    int translated = zero(bytes, language, to) + 1;
    int begin = zero(bytes, translated, to) + 1;
    if (begin > to) {
      return null;
    }
    return bytes[from] == 0
        ? Arrays.copyOfRange(bytes, begin, to)
        : bytes[from + 1] == 0 ? unpacked(bytes, begin, to) : null;
  }

  private static byte @Nullable [] unpacked(byte[] bytes, int from, int to) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(bytes, from, to - from);
      byte[] text = new byte[MOST_TEXT];
      int length = inflater.inflate(text);
      return inflater.finished() ? Arrays.copyOf(text, length) : null;
    } catch (DataFormatException e) {
      return null;
    } finally {
      inflater.end();
    }
  }

  /** Returns the position of the first 0 at {@code from} or after it, or {@code to}. */
  private static int zero(byte[] bytes, int from, int to) {
    int at = Math.min(from, to);
    while (at < to && bytes[at] != 0) {
      at++;
    }
    return at;
  }

  Orientation orientation() {
    Orientation found = exif != null ? Orientation.ofTiff(exif, 0, exif.length) : null;
    if (exif == null && profile != null) {
      found = ofProfile(profile);
    }
    if (found == null && xmp != null) {
      found = Orientation.ofXmp(xmp, 0, xmp.length);
    }
    return found == null ? Orientation.UPRIGHT : found;
  }

  /**
   * Returns the orientation in hexadecimal digits, which follow three lines: an empty one, "exif"
   * and the length.
   */
  private static @Nullable Orientation ofProfile(byte[] profile) {
    String[] lines = new String(profile, StandardCharsets.ISO_8859_1).split("\n", 4);
    String digits = lines.length < 4 ? "" : lines[3].replaceAll("\\s", "");
    try {
      byte[] exif = HexFormat.of().parseHex(digits);
      return Orientation.ofTiff(exif, 0, exif.length);
    } catch (IllegalArgumentException e) {
      return null; // not hexadecimal
    }
  }
}
