package org.resnet4j.zoo.format;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A protocol-buffers message that grows field by field. What is large is neither kept nor copied:
 * it is made while the message is written. A nested message must be complete when it is added.
 */
final class ProtoMessage {
  /** Writes as many bytes as it was said to have. */
  interface Body {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static final int LENGTH_DELIMITED = 2;

  private final List<Body> fields = new ArrayList<>();
  private long size;

  ProtoMessage integer(int field, long value) {
    return add(
        CodedOutputStream.computeInt64Size(field, value), out -> out.writeInt64(field, value));
  }

  ProtoMessage number(int field, float value) {
    return add(
        CodedOutputStream.computeFloatSize(field, value), out -> out.writeFloat(field, value));
  }

  ProtoMessage text(int field, String value) {
    return add(
        CodedOutputStream.computeStringSize(field, value), out -> out.writeString(field, value));
  }

  ProtoMessage nested(int field, ProtoMessage value) {
    return bytes(field, value.size, value::writeTo);
  }

  ProtoMessage bytes(int field, long length, Body body) {
    if (length > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "protocol buffers hold at most 2 GiB but the model has %s bytes; export a smaller one"
              .formatted(length));
    }
    int prefix =
        CodedOutputStream.computeTagSize(field)
            + CodedOutputStream.computeUInt32SizeNoTag((int) length);
    return add(
        prefix + length,
        out -> {
          out.writeTag(field, LENGTH_DELIMITED);
          out.writeUInt32NoTag((int) length);
          body.writeTo(out);
        });
  }

  private ProtoMessage add(long bytes, Body field) {
    size += bytes;
    fields.add(field);
    return this;
  }

  void writeTo(CodedOutputStream out) throws IOException {
    for (Body field : fields) {
      field.writeTo(out);
    }
  }
}
