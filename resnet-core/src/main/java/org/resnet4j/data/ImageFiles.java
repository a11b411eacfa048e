package org.resnet4j.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads JPEG, PNG, BMP and GIF files as Pillow's {@code Image.open(file).convert("RGB")} does:
 * alpha and colour profiles are dropped, and only {@link #upright} turns by EXIF. 16-bit samples
 * lose their low byte.
 */
public final class ImageFiles {
  private static final int MOST_BYTES = 1 << 28;
  private static final int MOST_PIXELS = 1 << 26;
  private static final String REMEDY = "save it again as JPEG or PNG, or remove it";

  private ImageFiles() {}

  /**
   * The picture in {@code file}: 3 channels, red, green, blue.
   *
   * @throws DataFormatException when it is no picture, damaged, or larger than 64 megapixels
   */
  public static Image read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    }
  }

  /**
   * The same from a stream, which is not closed.
   *
   * @param where names it in messages
   */
  public static Image read(String where, InputStream in) throws IOException {
    return stored(where, in).image;
  }

  /**
   * The picture in {@code file} as it was seen: turned as its EXIF says, for photographs that were
   * not made for a data set.
   *
   * @throws DataFormatException as {@link #read(Path)}
   */
  public static Image upright(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Stored stored = stored(file.toString(), in);
      return stored.orientation.apply(stored.image);
    }
  }

  private record Stored(Image image, Orientation orientation) {}

  private static Stored stored(String where, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw wrong(where, "expected at most %s bytes but there are more".formatted(MOST_BYTES));
    }
    Orientation png = PngChunks.check(where, bytes);
    JpegSegments jpeg = JpegSegments.of(bytes);
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg.bytes()))) {
      ImageReader reader = reader(where, stream, bytes);
      try {
        Image image = decoded(where, reader, jpeg, bytes.length);
        return new Stored(image, png == Orientation.UPRIGHT ? jpeg.orientation() : png);
      } catch (IOException e) {
        throw e;
      } catch (RuntimeException e) {
        // decoders meet damaged files with any of these
        throw undecodable(where, e);
      } finally {
        reader.dispose();
      }
    }
  }

  private static ImageReader reader(String where, ImageInputStream stream, byte[] bytes)
      throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
    if (!readers.hasNext()) {
      throw wrong(
          where,
          "expected a JPEG, PNG, BMP or GIF image but it starts with %s"
              .formatted(
                  bytes.length == 0
                      ? "nothing"
                      : HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(8, bytes.length))));
    }
    ImageReader reader = readers.next();
    reader.setInput(stream, true, true);
    return reader;
  }

  private static Image decoded(String where, ImageReader reader, JpegSegments jpeg, int length)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    Image image;
    try {
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width * height > MOST_PIXELS) {
        throw wrong(
            where,
            "expected at most %s pixels but it has %sx%s".formatted(MOST_PIXELS, width, height));
      }
      image =
          jpeg.fourComponents()
              ? Rgb.ofCmyk(reader.readRaster(0, null), jpeg.ycck())
              : Rgb.of(reader.read(0));
    } catch (DataFormatException e) {
      throw e;
    } catch (IOException e) {
      throw undecodable(where, e);
    }
    if (warnings.stream().anyMatch(ImageFiles::losesPixels)) {
      throw DataFormatException.at(
          where, length, "expected more of the image but the file ends here", REMEDY);
    }
    return image;
  }

  private static boolean losesPixels(String warning) {
    return warning.contains("Truncated File") || warning.contains("premature end");
  }

  private static DataFormatException undecodable(String where, Exception cause) {
    return new DataFormatException(
        "%s: expected an image that can be decoded but the decoder says \"%s\"; %s"
            .formatted(where, cause.getMessage(), REMEDY),
        cause);
  }

  private static DataFormatException wrong(String where, String finding) {
    return new DataFormatException("%s: %s; %s".formatted(where, finding, REMEDY));
  }
}
