package org.resnet4j.benchmarks.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A protocol-buffers message that grows field by field; large fields are not copied. */
final class Message {
  private interface Field {
    void write(CodedOutputStream out) throws IOException;
  }

  private static final int LENGTH_DELIMITED = 2;

  private ByteString bytes = ByteString.EMPTY;

  Message integer(int field, long value) {
    return add(out -> out.writeInt64(field, value));
  }

  Message number(int field, float value) {
    return add(out -> out.writeFloat(field, value));
  }

  Message text(int field, String value) {
    return add(out -> out.writeString(field, value));
  }

  Message bytes(int field, ByteString value) {
    add(
        out -> {
          out.writeTag(field, LENGTH_DELIMITED);
          out.writeUInt32NoTag(value.size());
        });
    bytes = bytes.concat(value);
    return this;
  }

  Message nested(int field, Message value) {
    return bytes(field, value.bytes);
  }

  private Message add(Field field) {
    ByteString.Output buffer = ByteString.newOutput(32);
    CodedOutputStream out = CodedOutputStream.newInstance(buffer);
    try {
      field.write(out);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    bytes = bytes.concat(buffer.toByteString());
    return this;
  }

  void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }
}
