package org.resnet4j.benchmarks.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes Python's pickle, protocol 2: the opcodes that a TorchScript archive needs. */
final class Pickle {
  static final char MARK = '(';
  static final char TUPLE = 't';
  static final char EMPTY_TUPLE = ')';
  static final char EMPTY_DICT = '}';
  static final char SET_ITEMS = 'u';
  static final char NEW_OBJECT = '\u0081';
  static final char BUILD = 'b';
  static final char REDUCE = 'R';
  static final char PERSISTENT_ID = 'Q';
  static final char NONE = 'N';
  static final char FALSE = '\u0089';
  private static final char STOP = '.';

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Pickle() {
    op('\u0080').op('\u0002');
  }

  Pickle op(char code) {
    bytes.write(code);
    return this;
  }

  Pickle global(String module, String name) {
    bytes.writeBytes("c%s\n%s\n".formatted(module, name).getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Pickle text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    op('X');
    bytes.writeBytes(little(utf8.length));
    bytes.writeBytes(utf8);
    return this;
  }

  Pickle integer(int value) {
    op('J');
    bytes.writeBytes(little(value));
    return this;
  }

  Pickle tuple(int... values) {
    op(MARK);
    for (int value : values) {
      integer(value);
    }
    return op(TUPLE);
  }

  byte[] finish() {
    op(STOP);
    return bytes.toByteArray();
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
