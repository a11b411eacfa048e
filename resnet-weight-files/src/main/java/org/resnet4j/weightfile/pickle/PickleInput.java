package org.resnet4j.weightfile.pickle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.resnet4j.tensors.ContentStream;
import org.resnet4j.tensors.WeightFileException;

/**
 * Reads the bytes of a pickle. Numbers are little-endian except for floats, and lengths are checked
 * before use.
 */
public final class PickleInput {
  private static final int MOST_LINE_BYTES = 1000;

  /** The largest accepted length of an integer; a UUID or a random state may have 17 bytes. */
  private static final int MOST_INTEGER_BYTES = 64;

  private final String where;
  private final ContentStream in;

  /** The position of the pickle's first byte in the file. */
  private final long start;

  /**
   * Creates a reader of the pickle that starts at {@code start}.
   *
   * @param where name of the file in messages, with the entry if it is a zip
   */
  public PickleInput(String where, ContentStream in, long start) {
    this.where = where;
    this.in = in;
    this.start = start;
  }

  public long position() {
    return start + in.position();
  }

  int u8() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw ended(1);
    }
    return value;
  }

  int u16() throws IOException {
    return fixed(Short.BYTES).getShort() & 0xffff;
  }

  int i32() throws IOException {
    return fixed(Integer.BYTES).getInt();
  }

  long u32() throws IOException {
    return Integer.toUnsignedLong(i32());
  }

  long i64() throws IOException {
    return fixed(Long.BYTES).getLong();
  }

  double f64() throws IOException {
    return fixed(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  private ByteBuffer fixed(int count) throws IOException {
    return ByteBuffer.wrap(bytes(count)).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] bytes(long count) throws IOException {
    if (count < 0 || count > in.remaining() || count > Integer.MAX_VALUE - 8) {
      throw ended(count);
    }
    return in.readNBytes((int) count);
  }

  String text(long count) throws IOException {
    return new String(bytes(count), UTF_8);
  }

  /** Reads a number in two's complement, as a {@link Long} if it fits. */
  Number integer(long count) throws IOException {
    if (count > MOST_INTEGER_BYTES || count < 0) {
      throw refused(
          "expected a whole number of at most %s bytes but it claims %s"
              .formatted(MOST_INTEGER_BYTES, count));
    }
    byte[] bytes = bytes(count);
    byte[] bigEndian = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[bytes.length - 1 - i] = bytes[i];
    }
    BigInteger value = count == 0 ? BigInteger.ZERO : new BigInteger(bigEndian);
    if (value.bitLength() < Long.SIZE) {
      return value.longValue();
    }
    return value;
  }

  /** Reads up to the next line feed. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = u8(); next != '\n'; next = u8()) {
      if (line.size() == MOST_LINE_BYTES) {
        throw refused("expected a name of at most %s bytes".formatted(MOST_LINE_BYTES));
      }
      line.write(next);
    }
    return line.toString(UTF_8);
  }

  private WeightFileException ended(long count) {
    WeightFileException refusal =
        refused(
            "expected %s more bytes of the pickle but there are %s"
                .formatted(Long.toUnsignedString(count), in.remaining()));
    refusal.initCause(new EOFException());
    return refusal;
  }

  /** Returns an exception for a finding at the byte that was read last. */
  public WeightFileException refused(String finding) {
    return refused(finding, WeightFileException.REFETCH);
  }

  public WeightFileException refused(String finding, String remedy) {
    return WeightFileException.at(where, position(), finding, remedy);
  }
}
