package org.resnet4j.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The formats that can be read, recognised by their first bytes. */
public enum ImageFormat {
  JPEG("\u00ff\u00d8\u00ff", ".jpg", ".jpeg", ".jpe", ".jfif"),
  PNG("\u0089PNG\r\n\u001a\n", ".png"),
  BMP("BM", ".bmp"),
  GIF("GIF8", ".gif"),
  WEBP("RIFF....WEBP", ".webp");

  /** The formats that are refused by name, by their first bytes with dots for any. */
  private static final Map<String, String> OTHERS =
      Map.ofEntries(
          Map.entry("II*\0", "TIFF"),
          Map.entry("MM\0*", "TIFF"),
          Map.entry("II+\0", "TIFF"),
          Map.entry("MM\0+", "TIFF"),
          Map.entry("....ftypavif", "AVIF"),
          Map.entry("....ftypavis", "AVIF"),
          Map.entry("....ftyphei", "HEIC"),
          Map.entry("....ftyphev", "HEIC"),
          Map.entry("....ftypmif1", "HEIC"),
          Map.entry("....ftypmsf1", "HEIC"),
          Map.entry("\0\0\0\fjP  ", "JPEG 2000"),
          Map.entry("\u00ffO\u00ffQ", "JPEG 2000"),
          Map.entry("\0\0\0\fJXL ", "JPEG XL"),
          Map.entry("\u00ff\n", "JPEG XL"),
          Map.entry("8BPS", "Photoshop"));

  /** The endings of formats that are refused by name, most of them, when they are read. */
  private static final List<String> UNREADABLE =
      List.of(
          ".dib", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2", ".ppm", ".pgm",
          ".pbm", ".pnm");

  private static final Set<String> ALL_ENDINGS =
      Stream.concat(endings().stream(), UNREADABLE.stream())
          .collect(Collectors.toUnmodifiableSet());

  private final String start;

  @SuppressWarnings("ImmutableEnumChecker") // an unmodifiable list of strings
  private final List<String> endings;

  ImageFormat(String start, String... endings) {
    this.start = start;
    this.endings = List.of(endings);
  }

  /** Returns the endings of image files in lower case, for example {@code .jpg}. */
  public static List<String> endings() {
    return Arrays.stream(values()).flatMap(format -> format.endings.stream()).toList();
  }

  /** Returns whether a file of that name is an image, perhaps of a format that is refused. */
  public static boolean isNamedAsImage(String name) {
    int ending = name.lastIndexOf('.');
    return ending >= 0 && ALL_ENDINGS.contains(name.substring(ending).toLowerCase(Locale.ROOT));
  }

  /** Returns the format that a file with these first bytes has; empty if it cannot be read. */
  static Optional<ImageFormat> recognised(byte[] first) {
    return Arrays.stream(values()).filter(format -> startsWith(first, format.start)).findFirst();
  }

  /** Returns the format that {@code bytes} begin with. */
  static ImageFormat of(String where, byte[] bytes) throws DataFormatException {
    Optional<ImageFormat> format = recognised(bytes);
    if (format.isEmpty()) {
      throw DataFormatException.ofImage(
          where, "expected a JPEG, PNG, BMP, GIF or WebP image but it " + beginning(bytes));
    }
    return format.orElseThrow();
  }

  /** Returns the name of the format that {@code bytes} begin with, be it read or not. */
  static Optional<String> nameOf(byte[] bytes) {
    return Stream.concat(
            recognised(bytes).map(ImageFormat::name).stream(),
            OTHERS.entrySet().stream()
                .filter(other -> startsWith(bytes, other.getKey()))
                .map(Map.Entry::getValue))
        .findFirst();
  }

  private static String beginning(byte[] bytes) {
    Optional<String> name = nameOf(bytes);
    if (name.isPresent()) {
      return "is " + name.get();
    }
    return "starts with "
        + (bytes.length == 0
            ? "nothing"
            : HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(8, bytes.length)));
  }

  private static boolean startsWith(byte[] bytes, String start) {
    byte[] wanted = start.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < wanted.length; i++) {
      if (i >= bytes.length || (wanted[i] != '.' && wanted[i] != bytes[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns Java's own reader for this format, whatever else is registered with ImageIO. */
  ImageReader reader() throws IOException {
    String folder = name().toLowerCase(Locale.ROOT);
    String provider =
        "com.sun.imageio.plugins." + folder + "." + name() + "ImageReaderSpi"; // java.desktop
    Iterator<ImageReaderSpi> providers =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class, spi -> spi.getClass().getName().equals(provider), false);
    if (!providers.hasNext()) {
      throw new IOException(
          provider + ": expected it among ImageIO's readers; use a Java with java.desktop");
    }
    return providers.next().createReaderInstance();
  }
}
