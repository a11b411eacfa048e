package org.resnet4j.image;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStreamImpl;

/** The bytes that an ImageIO reader decodes, without a copy of them. */
final class EncodedBytes extends ImageInputStreamImpl {
  private final byte[] bytes;
  private final int length;

  private EncodedBytes(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /** A task that reads part of an image from an open reader. */
  interface Decoding<T> {
    T read(ImageReader reader) throws IOException;
  }

  /**
   * Reads the first {@code length} bytes with Java's reader. A decoder's errors become one
   * sentence.
   */
  static <T> T decoded(
      String where, ImageFormat format, byte[] bytes, int length, Decoding<T> decoding)
      throws IOException {
    ImageReader reader = format.reader();
    List<String> warnings = new ArrayList<>();
    T decoded;
    try (EncodedBytes stream = new EncodedBytes(bytes, length)) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      decoded = decoding.read(reader);
    } catch (EOFException e) {
      throw cut(where, length);
    } catch (IOException | RuntimeException e) {
      // decoders meet damaged files with any of these
      String says = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new DataFormatException(
          where
              + ": expected an image that can be decoded but the decoder says \""
              + says
              + "\"; "
              + DataFormatException.IMAGE_REMEDY,
          e);
    } finally {
      reader.dispose();
    }
    if (warnings.stream().anyMatch(EncodedBytes::losesPixels)) {
      throw cut(where, length);
    }
    return decoded;
  }

  private static DataFormatException cut(String where, int length) {
    return DataFormatException.at(
        where,
        length,
        "expected more of the image but the file ends here",
        DataFormatException.IMAGE_REMEDY);
  }

  private static boolean losesPixels(String warning) {
    return warning.contains("Truncated File") || warning.contains("premature end");
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    return streamPos < length ? bytes[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] to, int at, int count) throws IOException {
    checkClosed();
    bitOffset = 0;
    int left = (int) Math.max(0, Math.min(count, length - streamPos));
    if (left == 0) {
      return count == 0 ? 0 : -1;
    }
    System.arraycopy(bytes, (int) streamPos, to, at, left);
    streamPos += left;
    return left;
  }
}
