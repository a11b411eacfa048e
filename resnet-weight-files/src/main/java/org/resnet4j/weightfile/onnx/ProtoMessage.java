package org.resnet4j.weightfile.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds a protocol-buffers message field by field. Large values are neither kept nor copied, but
 * supplied while the message is written. A nested message must be complete when it is added.
 */
public final class ProtoMessage {
  /** A task that writes exactly the announced number of bytes. */
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  private static final int LENGTH_DELIMITED = 2;
  private static final int BUFFER_BYTES = 1 << 16;

  /** A field that is written with the protocol-buffers library. */
  private interface Field {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private final List<Field> fields = new ArrayList<>();
  private long size;

  /** Adds a whole number. */
  public ProtoMessage integer(int field, long value) {
    return add(
        CodedOutputStream.computeInt64Size(field, value), out -> out.writeInt64(field, value));
  }

  /** Adds a float. */
  public ProtoMessage number(int field, float value) {
    return add(
        CodedOutputStream.computeFloatSize(field, value), out -> out.writeFloat(field, value));
  }

  /** Adds a string. */
  public ProtoMessage text(int field, String value) {
    return add(
        CodedOutputStream.computeStringSize(field, value), out -> out.writeString(field, value));
  }

  /** Adds a complete message. */
  public ProtoMessage nested(int field, ProtoMessage value) {
    return delimited(field, value.size, value::writeTo);
  }

  /**
   * Adds {@code length} bytes; {@code body} is called to write them when the message is written.
   */
  public ProtoMessage bytes(int field, long length, Body body) {
    return delimited(field, length, out -> body.writeTo(new RawBytes(out)));
  }

  private ProtoMessage delimited(int field, long length, Field body) {
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

  private ProtoMessage add(long bytes, Field field) {
    size += bytes;
    fields.add(field);
    return this;
  }

  /** Writes the message; {@code out} stays open. */
  public void writeTo(OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, BUFFER_BYTES);
    writeTo(coded);
    coded.flush();
  }

  private void writeTo(CodedOutputStream out) throws IOException {
    for (Field field : fields) {
      field.writeTo(out);
    }
  }

  private static final class RawBytes extends OutputStream {
    private final CodedOutputStream out;

    RawBytes(CodedOutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      out.writeRawByte(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.writeRawBytes(bytes, offset, length);
    }
  }
}
