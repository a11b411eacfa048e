package org.resnet4j.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The formats that can be read, recognised by their first bytes. */
enum ImageFormat {
  JPEG("\u00ff\u00d8\u00ff"),
  PNG("\u0089PNG\r\n\u001a\n"),
  BMP("BM"),
  GIF("GIF8");

  /** The formats that are refused by name, by their first bytes with dots for any. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "RIFF....WEBP", "WebP",
          "II*\0", "TIFF",
          "MM\0*", "TIFF",
          "II+\0", "TIFF",
          "....ftypavif", "AVIF",
          "....ftypheic", "HEIC",
          "....ftypmif1", "HEIC",
          "\0\0\0\fjP  ", "JPEG 2000",
          "\0\0\0\fJXL ", "JPEG XL",
          "8BPS", "Photoshop");

  private final String start;

  ImageFormat(String start) {
    this.start = start;
  }

  /** Returns the format that {@code bytes} begin with. */
  static ImageFormat of(String where, byte[] bytes) throws DataFormatException {
    for (ImageFormat format : values()) {
      if (startsWith(bytes, format.start)) {
        return format;
      }
    }
    throw DataFormatException.ofImage(
        where, "expected a JPEG, PNG, BMP or GIF image but it " + beginning(bytes));
  }

  /** Returns the name of the format that {@code bytes} begin with, be it read or not. */
  static Optional<String> nameOf(byte[] bytes) {
    return Stream.concat(
            Arrays.stream(values())
                .filter(format -> startsWith(bytes, format.start))
                .map(ImageFormat::name),
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
