package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;

/**
 * An attribute of a group or dataset, section IV.A.2.m of the specification.
 *
 * @param address address of the message
 * @param count number of values
 * @param values values without gaps
 */
record Hdf5Attribute(String name, long address, Hdf5Type type, long count, ByteBuffer values) {
  private static final int REFERENCE_BYTES = 16;

  static Hdf5Attribute read(Hdf5Bytes bytes, Hdf5Header.Message message) throws IOException {
    ByteBuffer data = message.data();
    if (data.remaining() < 9) {
      throw bytes.at(message.address(), "expected an attribute but the message is too short");
    }
    int version = data.get(0);
    if (version < 1 || version > 3 || (version > 1 && data.get(1) != 0)) {
      throw bytes.unsupported(
          message.address(),
          "expected an attribute of version 1 to 3 with a type of its own but was version %s with flags %s"
              .formatted(version, data.get(1)));
    }
    int alignment = version == 1 ? 8 : 1;
    int name = version == 3 ? 9 : 8;
    int type = name + aligned(data.getShort(2), alignment);
    int space = type + aligned(data.getShort(4), alignment);
    int values = space + aligned(data.getShort(6), alignment);
    if (values > data.capacity()) {
      throw bytes.at(
          message.address(),
          "expected an attribute of at least %s bytes but there are %s"
              .formatted(values, data.capacity()));
    }
    long[] shape = Hdf5Space.read(bytes, message.address(), slice(data, space, values - space));
    return new Hdf5Attribute(
        text(slice(data, name, Short.toUnsignedInt(data.getShort(2)))),
        message.address(),
        Hdf5Type.read(bytes, message.address(), slice(data, type, space - type)),
        StoredTensor.count(bytes.where, shape),
        slice(data, values, data.capacity() - values));
  }

  private static int aligned(short length, int alignment) {
    return (Short.toUnsignedInt(length) + alignment - 1) / alignment * alignment;
  }

  private static ByteBuffer slice(ByteBuffer data, int from, int length) {
    return data.slice(from, length).order(data.order());
  }

  /** Refuses attributes outside of the object's header, section IV.A.2.v. */
  static void requireCompact(Hdf5Bytes bytes, Hdf5Header.Message message)
      throws WeightFileException {
    ByteBuffer data = message.data();
    int heap = 2 + (data.remaining() > 1 && (data.get(1) & 1) != 0 ? 2 : 0);
    if (data.remaining() < heap + 8 || data.getLong(heap) != Hdf5Bytes.UNDEFINED) {
      throw bytes.unsupported(
          message.address(), "expected attributes at their object but they are in a heap");
    }
  }

  /** Returns the values as strings, which have a fixed length or are in the global heap. */
  List<String> strings(Hdf5Bytes bytes) throws IOException {
    if (count == 0) {
      return List.of(); // NumPy gives an empty list a numeric type.
    }
    boolean isText = type.kind() == Hdf5Type.STRING && type.size() > 0;
    boolean isReference =
        type.kind() == Hdf5Type.VARIABLE_LENGTH
            && (type.bits() & 0xf) == 1
            && type.size() == REFERENCE_BYTES;
    if ((!isText && !isReference) || count > values.remaining() / type.size()) {
      throw bytes.at(
          address,
          "expected %s texts in the attribute \"%s\" but its type is of class %s and its values have %s bytes"
              .formatted(count, name, type.kind(), values.remaining()));
    }
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteBuffer value = slice(values, i * type.size(), type.size());
      strings.add(text(isText ? value : global(bytes, value)));
    }
    return strings;
  }

  /** Returns an object of the global heap, section III.E. */
  private ByteBuffer global(Hdf5Bytes bytes, ByteBuffer reference) throws IOException {
    int length = reference.getInt(0);
    long collection = reference.getLong(4);
    int index = reference.getInt(12);
    if (length == 0) {
      return ByteBuffer.allocate(0);
    }
    ByteBuffer header = bytes.read(collection, 16, "a global heap");
    bytes.signature(header, "GCOL", collection);
    ByteBuffer heap = bytes.read(collection, header.getLong(8), "a global heap");
    long at = 16;
    while (at <= heap.capacity() - 16) {
      int object = Short.toUnsignedInt(heap.getShort((int) at));
      long size = heap.getLong((int) at + 8);
      if (object == 0 || size < 0 || size > heap.capacity() - 16 - at) {
        break;
      }
      if (object == index && length > 0 && length <= size) {
        return slice(heap, (int) at + 16, length);
      }
      at += 16 + (size + 7) / 8 * 8;
    }
    throw bytes.at(
        collection,
        "expected the text %s of \"%s\", of %s bytes, in this heap but it is not there"
            .formatted(index, name, length));
  }

  /** Returns the text up to the first null, without spaces at the end. */
  private static String text(ByteBuffer utf8) {
    byte[] all = new byte[utf8.remaining()];
    utf8.get(all);
    String text = new String(all, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).stripTrailing();
  }
}
