package org.resnet4j.weightfile.npy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;

/** Reads and writes NumPy's format of one array: {@code numpy.lib.format}, versions 1 to 3. */
public final class Npy {
  public static final String MAGIC = "\u0093NUMPY";

  private static final int NEWEST_VERSION = 3;
  private static final int MOST_HEADER_BYTES = 1 << 16;

  /** The pattern of the header; Python 2 wrote sizes with an L. */
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{\\s*'descr':\\s*'([<>|])(\\w+)',\\s*'fortran_order':\\s*(True|False),"
              + "\\s*'shape':\\s*\\(([0-9L, ]{0,1500})\\),?\\s*\\}\\s*");

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("f8", ElementType.F64),
          Map.entry("f4", ElementType.F32),
          Map.entry("f2", ElementType.F16),
          Map.entry("i8", ElementType.I64),
          Map.entry("i4", ElementType.I32),
          Map.entry("i2", ElementType.I16),
          Map.entry("i1", ElementType.I8),
          Map.entry("u8", ElementType.U64),
          Map.entry("u4", ElementType.U32),
          Map.entry("u2", ElementType.U16),
          Map.entry("u1", ElementType.U8),
          Map.entry("b1", ElementType.BOOL));

  /** The pattern of a type, of which the first letter is the kind. */
  private static final Pattern TYPE = Pattern.compile("'descr': ?(?:'[<>|=]?)?([a-zA-Z\\[])");

  /** The kinds of elements that are no floats or integers of a usual size. */
  private static final Map<String, String> OTHER_KINDS =
      Map.of(
          "c", "complex numbers",
          "f", "floats of another size than 2, 4 or 8 bytes",
          "U", "text",
          "S", "text",
          "O", "Python objects",
          "M", "dates",
          "m", "durations",
          "V", "raw bytes",
          "[", "records");

  private Npy() {}

  /** Reads the header of the array in {@code content}. */
  static StoredTensor read(String where, Content content) throws IOException {
    try (Content.Cursor cursor = content.open()) {
      int lengthAt = MAGIC.length() + 2;
      byte[] start = bytes(where, content, cursor, 0, lengthAt);
      int version = start[MAGIC.length()];
      if (!new String(start, 0, MAGIC.length(), ISO_8859_1).equals(MAGIC)
          || version < 1
          || version > NEWEST_VERSION) {
        throw refused(where, "the bytes \\x93NUMPY and a version from 1 to 3 at its start");
      }
      int lengthBytes = version == 1 ? Short.BYTES : Integer.BYTES;
      byte[] digits = bytes(where, content, cursor, lengthAt, lengthBytes);
      long length = 0;
      for (int i = lengthBytes - 1; i >= 0; i--) {
        length = (length << Byte.SIZE) | (digits[i] & 0xff);
      }
      if (length > MOST_HEADER_BYTES) {
        throw refused(
            where,
            "a header of at most %s bytes but it claims %s".formatted(MOST_HEADER_BYTES, length));
      }
      int headerAt = lengthAt + lengthBytes;
      byte[] header = bytes(where, content, cursor, headerAt, (int) length);
      return tensor(where, new String(header, ISO_8859_1), headerAt + length, content);
    }
  }

  private static byte[] bytes(
      String where, Content content, Content.Cursor cursor, long offset, int count)
      throws IOException {
    if (count > content.size() - offset) {
      throw refused(
          where,
          "%s bytes from byte %s on but there are %s in all"
              .formatted(count, offset, content.size()));
    }
    byte[] bytes = new byte[count];
    cursor.read(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  private static StoredTensor tensor(String where, String header, long dataAt, Content content)
      throws IOException {
    Matcher matcher = HEADER.matcher(header);
    ElementType type = matcher.matches() ? TYPES.get(matcher.group(2)) : null;
    if (type == null) {
      throw new WeightFileException(
          "%s: expected an array of floats or integers but %s; save it with numpy.asarray(x, dtype='float32')"
              .formatted(where, kind(header, matcher.matches()) + abbreviated(header.strip())));
    }
    ByteOrder order = matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    long[] shape = shape(where, matcher.group(4));
    long count = StoredTensor.count(where, shape);
    if (count > content.size() || count * type.size() != content.size() - dataAt) {
      throw refused(
          where,
          "%s of shape %s but there are %s bytes of data"
              .formatted(type, Arrays.toString(shape), content.size() - dataAt));
    }
    long[] strides =
        matcher.group(3).equals("True")
            ? reversed(StoredTensor.rowMajorStrides(where, reversed(shape)))
            : StoredTensor.rowMajorStrides(where, shape);
    return StoredTensor.checked(where, type, order, shape, strides, dataAt, content);
  }

  /** Returns what an array holds that is not read, to be followed by its header. */
  private static String kind(String header, boolean isValid) {
    Matcher type = TYPE.matcher(header);
    String letter = type.find() ? type.group(1) : "";
    String kind = isValid || letter.equals("[") ? OTHER_KINDS.get(letter) : null;
    return kind == null ? "its header is " : "it holds %s: ".formatted(kind);
  }

  private static long[] shape(String where, String list) throws WeightFileException {
    String[] sizes = list.replace(" ", "").replace("L", "").split(",");
    if (sizes.length > StoredTensor.MOST_AXES
        || Arrays.stream(sizes).anyMatch(size -> size.length() > 18)) {
      throw refused(
          where,
          "a shape of at most %s axes with sizes of at most 18 digits but it is (%s)"
              .formatted(StoredTensor.MOST_AXES, abbreviated(list)));
    }
    return Arrays.stream(sizes)
        .filter(size -> !size.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }

  private static long[] reversed(long[] values) {
    long[] reversed = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      reversed[i] = values[values.length - 1 - i];
    }
    return reversed;
  }

  private static String abbreviated(String text) {
    return text.length() > 120 ? text.substring(0, 120) + "…" : text;
  }

  private static WeightFileException refused(String where, String expected) {
    return new WeightFileException(
        "%s: expected %s; %s".formatted(where, expected, WeightFileException.REFETCH));
  }

  /**
   * Returns the header of an array of 32-bit floats in C order. Its length is a multiple of 64,
   * unless {@code least} is longer.
   *
   * @param least smallest length in bytes; 0 for no minimum
   */
  public static byte[] header(int least, long... shape) {
    String sizes = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
    String dictionary =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }".formatted(sizes);
    int unpadded = MAGIC.length() + 4 + dictionary.length() + 1;
    int padding = Math.max(Math.floorMod(-unpadded, 64), least - unpadded);
    String header = dictionary + " ".repeat(padding) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(MAGIC.length() + 4 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes
        .put(MAGIC.getBytes(ISO_8859_1))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) header.length());
    return bytes.put(header.getBytes(ISO_8859_1)).array();
  }
}
