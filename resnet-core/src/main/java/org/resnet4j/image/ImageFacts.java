package org.resnet4j.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The properties of an image file that its header and structure tell.
 *
 * @param format such as JPEG, found in its bytes
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param bits of a sample: 8 or 16
 * @param cmyk whether its colours are four inks
 */
public record ImageFacts(String format, int width, int height, int bits, boolean cmyk) {
  /** The number of bytes at the start of a file that tell its format. */
  public static final int START = 32;

  private static final Set<Integer> BITMAP_HEADERS = Set.of(12, 16, 40, 52, 56, 64, 108, 124);

  /**
   * Returns the facts of the image in {@code file}. It reads the whole file and checks its
   * structure: every segment of a JPEG up to its end, every check sum of a PNG.
   *
   * @param decode whether to decode the pixels, too, which takes many times as long
   * @param content receives the bytes of the file, which it must not keep
   * @throws DataFormatException when {@link ImageFiles} would refuse the file
   */
  public static ImageFacts of(Path file, boolean decode, Consumer<byte[]> content)
      throws IOException {
    ImageFiles.requireRegular(file);
    long length = Files.size(file);
    if (length > ImageFiles.MOST_BYTES) {
      throw DataFormatException.ofImage(
          file.toString(),
          "expected at most " + ImageFiles.MOST_BYTES + " bytes but it has " + length);
    }
    try (DecodeMemory.Share share = DecodeMemory.OF_HEAP.file(length);
        InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes((int) length);
      content.accept(bytes);
      int bits = bits(bytes);
      String format = format(bytes).orElse("");
      EncodedImage image = ImageFiles.encoded(file.toString(), bytes);
      if (decode) {
        share.decode(image.memory());
        image.decode();
      }
      return new ImageFacts(format, image.width(), image.height(), bits, isCmyk(image));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DataFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the name of the image format that a file with this start has, or nothing if it is no
   * image. Formats that cannot be read have a name, too.
   *
   * @param start at least {@link #START} bytes, or all of a shorter file
   */
  public static Optional<String> format(byte[] start) {
    return ImageFormat.nameOf(start)
        .filter(name -> !name.equals(ImageFormat.BMP.name()) || isBitmap(start));
  }

  /** Returns whether {@code name} ends as files of {@code format} do, or in no way of an image. */
  public static boolean mayBeNamed(String name, String format) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    String named =
        switch (ending) {
          case "jpg", "jpeg", "jpe", "jfif" -> "JPEG";
          case "png", "gif", "bmp", "webp", "avif", "heic" -> ending.toUpperCase(Locale.ROOT);
          case "dib" -> "BMP";
          case "tif", "tiff" -> "TIFF";
          default -> format.toUpperCase(Locale.ROOT);
        };
    return named.equals(format.toUpperCase(Locale.ROOT));
  }

  /** Returns whether "BM" is followed by what else a bitmap has, and not by text. */
  private static boolean isBitmap(byte[] start) {
    return start.length >= 18
        && BITMAP_HEADERS.contains(
            ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(14));
  }

  private static int bits(byte[] bytes) {
    boolean png = bytes.length > 24 && bytes[0] == (byte) 0x89 && bytes[1] == 'P';
    return png && bytes[24] == 16 ? 16 : 8;
  }

  private static boolean isCmyk(EncodedImage image) {
    return image instanceof JpegImage jpeg
        && (jpeg.colours() == JpegColours.CMYK || jpeg.colours() == JpegColours.YCCK);
  }
}
