package org.resnet4j.weightfile.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.WeightFileException;

/** The content of a field of varints, converted to little-endian numbers of one type. */
record VarintContent(String where, Content varints, ElementType type, long count)
    implements Content {

  static VarintContent of(String where, Content varints, ElementType type, long count)
      throws WeightFileException {
    // A varint has at least one byte.
    if (count > varints.size()) {
      throw new WeightFileException(
          "%s: expected %s values but they have %s bytes; %s"
              .formatted(where, count, varints.size(), WeightFileException.REFETCH));
    }
    return new VarintContent(where, varints, type, count);
  }

  @Override
  public long size() {
    return count * type.size();
  }

  @Override
  public Cursor open() throws IOException {
    ByteBuffer numbers = numbers();
    return (offset, into) -> into.put(numbers.slice(Math.toIntExact(offset), into.remaining()));
  }

  private ByteBuffer numbers() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(varints.size()));
    try (Cursor cursor = varints.open()) {
      cursor.read(0, bytes);
    }
    ByteBuffer numbers =
        ByteBuffer.allocate(Math.toIntExact(size())).order(ByteOrder.LITTLE_ENDIAN);
    CodedInputStream in = CodedInputStream.newInstance(bytes.array());
    try {
      while (numbers.hasRemaining()) {
        put(numbers, in.readRawVarint64());
      }
      if (!in.isAtEnd()) {
        throw new WeightFileException(
            "%s: expected %s values but there are more; %s"
                .formatted(where, count, WeightFileException.REFETCH));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new WeightFileException(
          "%s: expected %s values but: %s; %s"
              .formatted(where, count, e.getMessage(), WeightFileException.REFETCH),
          e);
    }
    return numbers;
  }

  private void put(ByteBuffer numbers, long value) {
    switch (type.size()) {
      case 1 -> numbers.put((byte) value);
      case 2 -> numbers.putShort((short) value);
      case 4 -> numbers.putInt((int) value);
      default -> numbers.putLong(value);
    }
  }
}
