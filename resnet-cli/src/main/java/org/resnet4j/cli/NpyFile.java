package org.resnet4j.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.support.AtomicFile;

/** NumPy's {@code .npy} with 32-bit floats: {@code numpy.lib.format}, versions 1 to 3. */
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MOST_HEADER_BYTES = 1 << 16;
  private static final int MOST_DIMENSIONS = 32;
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([^']*)',\\s*'fortran_order':\\s*(True|False),\\s*'shape':\\s*\\(([0-9, ]*)\\),?\\s*\\}\\s*");

  private NpyFile() {}

  /**
   * Reads little-endian 32-bit floats in C order.
   *
   * @throws IOException with file, expected and actual
   */
  static INDArray read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": there is no such file; expected a .npy of 32-bit floats");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer start = read(channel, file, 0, 12);
      byte[] magic = new byte[MAGIC.length];
      start.get(magic);
      int version = start.get();
      start.get();
      if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
        throw new IOException(file + ": offset 0: expected NumPy's \\x93NUMPY, version 1 to 3");
      }
      int lengthBytes = version == 1 ? 2 : 4;
      long headerLength =
          version == 1
              ? Short.toUnsignedLong(start.getShort())
              : Integer.toUnsignedLong(start.getInt());
      if (headerLength > MOST_HEADER_BYTES) {
        throw new IOException(
            "%s: offset 8: expected a header of at most %s bytes but it claims %s"
                .formatted(file, MOST_HEADER_BYTES, headerLength));
      }
      int headerStart = MAGIC.length + 2 + lengthBytes;
      String header =
          ISO_8859_1.decode(read(channel, file, headerStart, (int) headerLength)).toString();
      long[] shape = shape(file, header);
      long dataStart = headerStart + headerLength;
      long expected = size(file, shape) * Float.BYTES;
      if (channel.size() - dataStart != expected) {
        throw new IOException(
            "%s: offset %s: expected %s bytes for shape %s but there are %s"
                .formatted(
                    file, dataStart, expected, Arrays.toString(shape), channel.size() - dataStart));
      }
      float[] values = new float[(int) (expected / Float.BYTES)];
      read(channel, file, dataStart, (int) expected).asFloatBuffer().get(values);
      return Nd4j.create(values, shape, 'c');
    }
  }

  private static long[] shape(Path file, String header) throws IOException {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.matches()
        || !matcher.group(1).equals("<f4")
        || !matcher.group(2).equals("False")) {
      throw new IOException(
          file
              + ": header: expected 'descr': '<f4' and 'fortran_order': False but was "
              + header.strip()
              + "; save it with numpy.save(file, numpy.ascontiguousarray(x, dtype='<f4'))");
    }
    String[] sizes = matcher.group(3).replace(" ", "").split(",");
    if (sizes.length > MOST_DIMENSIONS
        || Arrays.stream(sizes).anyMatch(size -> size.length() > 10)) {
      throw new IOException(
          file + ": header: expected a shape of sane size but was " + header.strip());
    }
    return Arrays.stream(sizes)
        .filter(size -> !size.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static long size(Path file, long[] shape) throws IOException {
    long size = 1;
    for (long side : shape) {
      if (side < 1 || size > Integer.MAX_VALUE / Float.BYTES / side) {
        throw new IOException(
            file
                + ": header: expected 1 to 2^29 values but the shape is "
                + Arrays.toString(shape));
      }
      size *= side;
    }
    return size;
  }

  private static ByteBuffer read(FileChannel channel, Path file, long offset, int length)
      throws IOException {
    if (channel.size() - offset < length) {
      throw new IOException(
          "%s: offset %s: expected %s more bytes but the file ends at %s"
              .formatted(file, offset, length, channel.size()));
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {}
    return buffer.flip();
  }

  /** Writes {@code array} as 32-bit floats in C order, beside {@code file} and then moved there. */
  static void write(INDArray array, Path file) throws IOException {
    AtomicFile.write(
        file,
        temporary -> {
          try (FileChannel channel =
              FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] header = header(0, array.shape());
            float[] values = array.dup('c').data().asFloat();
            ByteBuffer bytes =
                ByteBuffer.allocate(header.length + values.length * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.put(header).asFloatBuffer().put(values);
            bytes.rewind();
            while (bytes.hasRemaining()) {
              channel.write(bytes);
            }
          }
        });
  }

  /**
   * What stands before the values, a multiple of 64 bytes.
   *
   * @param least bytes; 0 for as few as go
   */
  static byte[] header(int least, long... shape) {
    String sizes = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }".formatted(sizes);
    int unpadded = MAGIC.length + 4 + dictionary.length() + 1;
    int padding = Math.max(Math.floorMod(-unpadded, 64), least - unpadded);
    String header = dictionary + " ".repeat(padding) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(MAGIC.length + 4 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
    return bytes.put(header.getBytes(ISO_8859_1)).array();
  }
}
