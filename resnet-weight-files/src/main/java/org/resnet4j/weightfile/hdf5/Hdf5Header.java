package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.resnet4j.tensors.WeightFileException;

/**
 * The header messages of an object, which describe a group or dataset. Section IV.A of the
 * specification.
 */
final class Hdf5Header {
  static final int DATASPACE = 0x01;
  static final int LINK_INFO = 0x02;
  static final int DATATYPE = 0x03;
  static final int LINK = 0x06;
  static final int LAYOUT = 0x08;
  static final int FILTERS = 0x0b;
  static final int ATTRIBUTE = 0x0c;
  static final int SYMBOL_TABLE = 0x11;
  static final int ATTRIBUTE_INFO = 0x15;
  private static final int CONTINUATION = 0x10;

  private static final int SHARED = 1 << 1;

  /**
   * A header message.
   *
   * @param address start of its data
   */
  record Message(int type, int flags, long address, ByteBuffer data) {}

  private record Block(long address, long length) {}

  private final Hdf5Bytes bytes;
  private final List<Message> messages = new ArrayList<>();
  private final Deque<Block> blocks = new ArrayDeque<>();
  private int prefix;

  private Hdf5Header(Hdf5Bytes bytes) {
    this.bytes = bytes;
  }

  static List<Message> read(Hdf5Bytes bytes, long address) throws IOException {
    Hdf5Header header = new Hdf5Header(bytes);
    int version = bytes.read(address, 1, "an object").get();
    if (version == 1) {
      header.first(address);
    } else {
      header.second(address);
    }
    return header.messages;
  }

  /** Reads version 1: messages with prefixes of 8 bytes. */
  private void first(long address) throws IOException {
    ByteBuffer start = bytes.read(address, 16, "an object");
    prefix = 8;
    blocks.add(new Block(address + 16, Integer.toUnsignedLong(start.getInt(8))));
    while (!blocks.isEmpty()) {
      Block block = blocks.remove();
      read(block, bytes.read(block.address, block.length, "an object's messages"));
    }
  }

  /** Reads version 2: signatures, and prefixes of 4 or 6 bytes. Checksums are not checked. */
  private void second(long address) throws IOException {
    ByteBuffer start = bytes.read(address, 6, "an object");
    bytes.signature(start, "OHDR", address);
    int version = start.get();
    if (version != 2) {
      throw bytes.at(address, "expected an object of version 1 or 2 but was " + version);
    }
    int flags = start.get();
    prefix = (flags & 1 << 2) == 0 ? 4 : 6;
    int sizeBytes = 1 << (flags & 3);
    long sizeAt = address + 6 + ((flags & 1 << 5) == 0 ? 0 : 16) + ((flags & 1 << 4) == 0 ? 0 : 4);
    ByteBuffer size = bytes.read(sizeAt, sizeBytes, "an object's size");
    Block first = new Block(sizeAt + sizeBytes, unsigned(size, sizeBytes));
    read(first, bytes.read(first.address, first.length, "an object's messages"));
    while (!blocks.isEmpty()) {
      Block block = blocks.remove();
      ByteBuffer data = bytes.read(block.address, block.length, "an object's messages");
      if (data.remaining() < 8) {
        throw bytes.at(block.address, "expected an object's messages but there are none");
      }
      bytes.signature(data, "OCHK", block.address);
      Block rest = new Block(block.address + 4, block.length - 8);
      read(rest, data.slice(4, data.capacity() - 8).order(data.order()));
    }
  }

  private static long unsigned(ByteBuffer bytes, int length) {
    return switch (length) {
      case 1 -> Byte.toUnsignedLong(bytes.get());
      case 2 -> Short.toUnsignedLong(bytes.getShort());
      case 4 -> Integer.toUnsignedLong(bytes.getInt());
      default -> bytes.getLong();
    };
  }

  private void read(Block block, ByteBuffer data) throws IOException {
    while (data.remaining() >= prefix) {
      int type = prefix == 8 ? Short.toUnsignedInt(data.getShort()) : data.get() & 0xff;
      int length = Short.toUnsignedInt(data.getShort());
      int flags = data.get();
      data.position(data.position() + prefix - (prefix == 8 ? 5 : 4));
      long address = block.address + data.position();
      if (length > data.remaining()) {
        throw bytes.at(
            address,
            "expected a message of %s bytes but %s are left".formatted(length, data.remaining()));
      }
      ByteBuffer body = data.slice(data.position(), length).order(data.order());
      data.position(data.position() + length);
      bytes.charge(64);
      add(new Message(type, flags, address, body));
    }
  }

  private void add(Message message) throws WeightFileException {
    if (message.type == CONTINUATION) {
      if (message.data.remaining() < 16) {
        throw bytes.at(message.address, "expected a continuation of 16 bytes but it has fewer");
      }
      blocks.add(new Block(message.data.getLong(0), message.data.getLong(8)));
    } else if ((message.flags & SHARED) != 0) {
      throw bytes.unsupported(message.address, "expected no shared messages but there is one");
    } else {
      messages.add(message);
    }
  }
}
