package org.resnet4j.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads JPEG, PNG, BMP, GIF and WebP files as Pillow's {@code
 * ImageOps.exif_transpose(Image.open(file)).convert("RGB")} does. Images are turned by EXIF and XMP
 * orientation; alpha and colour profiles are dropped. 16-bit samples lose their low byte. A JPEG of
 * more than 64 megapixels in a single scan is read at half its width and height, as {@code
 * Image.reduce(2)}.
 *
 * <p>The memory of images that threads decode at one time is bounded by half of Java's heap;
 * further threads wait.
 */
public final class ImageFiles {
  static final int MOST_BYTES = 1 << 28;

  private ImageFiles() {}

  /**
   * Returns the image in {@code file} with 3 channels: red, green, blue.
   *
   * @throws DataFormatException when it is no image, is damaged, has a side of more than 32,768
   *     pixels or more than 64 megapixels, or does not fit into memory
   */
  public static Image read(Path file) throws IOException {
    return read(file, image -> image);
  }

  /**
   * Applies {@code use} to the image in {@code file} and returns its result. The image's memory
   * counts until then, so {@code use} must read no other image.
   *
   * @throws DataFormatException as {@link #read(Path)}, and when {@code use} refuses the image
   */
  public static <T> T read(Path file, Function<Image, T> use) throws IOException {
    return read(file, use, DecodeMemory.OF_HEAP);
  }

  static <T> T read(Path file, Function<Image, T> use, DecodeMemory memory) throws IOException {
    requireRegular(file);
    long length = Math.min(Files.size(file), MOST_BYTES + 1L);
    try (DecodeMemory.Share share = memory.file(length);
        InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, (int) length, use, share);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DataFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Returns the image in a stream, which is not closed. It is turned by its EXIF orientation like
   * the image of a file.
   *
   * @param where name of the stream in messages
   */
  public static Image read(String where, InputStream in) throws IOException {
    return read(where, in, image -> image);
  }

  /** Applies {@code use} to the image in a stream, as {@link #read(Path, Function)} does. */
  public static <T> T read(String where, InputStream in, Function<Image, T> use)
      throws IOException {
    return read(where, in.readNBytes(MOST_BYTES + 1), true, use);
  }

  /**
   * Returns the image in the bytes of a file, which are not changed. It is turned by its EXIF
   * orientation like the image of a file.
   *
   * @param where name of the bytes in messages
   */
  public static Image read(String where, byte[] bytes) throws IOException {
    return read(where, bytes, image -> image);
  }

  /** Applies {@code use} to the image in bytes, as {@link #read(Path, Function)} does. */
  public static <T> T read(String where, byte[] bytes, Function<Image, T> use) throws IOException {
    return read(where, bytes, false, use);
  }

  private static <T> T read(String where, byte[] bytes, boolean owned, Function<Image, T> use)
      throws IOException {
    long taken = (owned ? 1L : 2L) * bytes.length;
    try (DecodeMemory.Share share = DecodeMemory.OF_HEAP.file(taken)) {
      return decoded(where, owned ? bytes : bytes.clone(), use, share);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DataFormatException(where + ": " + e.getMessage(), e);
    }
  }

  private static <T> T read(
      String where, InputStream in, int length, Function<Image, T> use, DecodeMemory.Share share)
      throws IOException {
    byte @Nullable [] bytes = null;
    try {
      bytes = new byte[length];
      int read = in.readNBytes(bytes, 0, length);
      bytes = read < length ? Arrays.copyOf(bytes, read) : bytes;
    } catch (OutOfMemoryError e) {
      throw tooLarge(where, length + " bytes", e);
    }
    return decoded(where, bytes, use, share);
  }

  private static <T> T decoded(
      String where, byte[] bytes, Function<Image, T> use, DecodeMemory.Share share)
      throws IOException {
    if (bytes.length > MOST_BYTES) {
      throw DataFormatException.ofImage(
          where, "expected at most " + MOST_BYTES + " bytes but there are more");
    }
    EncodedImage image = encoded(where, bytes);
    share.decode(image.memory());
    try {
      return use.apply(image.orientation().apply(image.decode()));
    } catch (OutOfMemoryError e) {
      throw tooLarge(where, EncodedImage.size(image) + " pixels", e);
    }
  }

  /**
   * Checks the header of {@code bytes}; the result keeps and may change the array.
   *
   * @param where name of the file in messages
   */
  static EncodedImage encoded(String where, byte[] bytes) throws DataFormatException {
    EncodedImage image =
        switch (ImageFormat.of(where, bytes)) {
          case JPEG -> JpegSegments.of(where, bytes);
          case PNG -> PngChunks.of(where, bytes);
          case BMP -> BmpHeader.of(where, bytes);
          case GIF -> GifFrame.of(where, bytes);
          case WEBP -> WebpImage.of(where, bytes);
        };
    int most = EncodedImage.MOST_SIDE;
    if (image.width() < 1 || image.height() < 1 || image.width() > most || image.height() > most) {
      throw DataFormatException.ofImage(
          where,
          "expected sides of 1 to %s pixels but it has %s"
              .formatted(most, EncodedImage.size(image)));
    }
    return image;
  }

  private static DataFormatException tooLarge(String where, String what, OutOfMemoryError cause) {
    return new DataFormatException(
        where
            + ": expected memory for "
            + what
            + " but Java's heap of "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB is used up; give Java more with -Xmx, or make the image smaller",
        cause);
  }

  /**
   * Refuses anything but a regular file: a folder, a device, a pipe, a link without a target. Links
   * are followed.
   */
  public static void requireRegular(Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      return;
    }
    requireTarget(file);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    throw new DataFormatException(
        file
            + ": expected a regular file but it is "
            + (Files.isDirectory(file) ? "a folder" : "a device, a pipe or a socket")
            + "; name a file, or remove it");
  }

  /** Refuses a link without a target. */
  public static void requireTarget(Path file) throws IOException {
    if (Files.isSymbolicLink(file) && !Files.exists(file)) {
      throw new DataFormatException(
          file
              + ": expected a link that can be followed but "
              + Files.readSymbolicLink(file)
              + " cannot be opened; repair the link or remove it");
    }
  }
}
