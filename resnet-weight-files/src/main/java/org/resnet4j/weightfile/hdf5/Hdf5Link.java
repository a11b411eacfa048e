package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.WeightFileException;

/**
 * The target of a name in a group.
 *
 * @param address address of the object, for a hard link
 * @param target path or file, for other links
 */
record Hdf5Link(Kind kind, long address, String target) {
  /** The kinds of links. */
  enum Kind {
    HARD,
    SOFT,
    EXTERNAL
  }

  /** The largest accepted length of a name; Keras's longest have some fifty characters. */
  private static final int LONGEST_NAME = 1024;

  /** Returns the links of a group, from its header. */
  static Map<String, Hdf5Link> read(Hdf5Bytes bytes, List<Hdf5Header.Message> messages)
      throws IOException {
    Map<String, Hdf5Link> links = new LinkedHashMap<>();
    for (Hdf5Header.Message message : messages) {
      try {
        switch (message.type()) {
          case Hdf5Header.SYMBOL_TABLE -> {
            ByteBuffer data = message.data();
            new SymbolTable(bytes, data.getLong(8), links).read(data.getLong(0), 255);
          }
          case Hdf5Header.LINK -> add(bytes, message, links);
          case Hdf5Header.LINK_INFO -> requireCompact(bytes, message);
          default -> {}
        }
      } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
        throw bytes.at(message.address(), "expected links but the message ends within one");
      }
    }
    return links;
  }

  /** Refuses links outside of the group's header, section IV.A.2.c. */
  private static void requireCompact(Hdf5Bytes bytes, Hdf5Header.Message message)
      throws WeightFileException {
    ByteBuffer data = message.data();
    int heap = 2 + ((data.get(1) & 1) == 0 ? 0 : 8);
    if (data.getLong(heap) != Hdf5Bytes.UNDEFINED) {
      throw bytes.unsupported(
          message.address(), "expected a group with a symbol table but its links are in a heap");
    }
  }

  /** Adds the link in a message, section IV.A.2.g. */
  private static void add(Hdf5Bytes bytes, Hdf5Header.Message message, Map<String, Hdf5Link> links)
      throws IOException {
    ByteBuffer data = message.data().duplicate().order(message.data().order());
    data.get();
    int flags = data.get();
    int kind = (flags & 1 << 3) == 0 ? 0 : data.get() & 0xff;
    data.position(data.position() + ((flags & 1 << 2) == 0 ? 0 : 8));
    data.position(data.position() + ((flags & 1 << 4) == 0 ? 0 : 1));
    long length =
        switch (flags & 3) {
          case 0 -> data.get() & 0xff;
          case 1 -> Short.toUnsignedLong(data.getShort());
          case 2 -> Integer.toUnsignedLong(data.getInt());
          default -> data.getLong();
        };
    String name = text(data, length);
    Hdf5Link link =
        switch (kind) {
          case 0 -> new Hdf5Link(Kind.HARD, data.getLong(), "");
          case 1 -> new Hdf5Link(Kind.SOFT, 0, text(data, Short.toUnsignedInt(data.getShort())));
          default -> new Hdf5Link(Kind.EXTERNAL, 0, external(data));
        };
    put(bytes, links, name, link, message.address());
  }

  private static String text(ByteBuffer data, long length) {
    if (length < 0 || length > data.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[(int) length];
    data.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Returns the name of the file, which follows a byte of flags and ends with a null. */
  private static String external(ByteBuffer data) {
    String both = text(data, Short.toUnsignedInt(data.getShort()));
    return both.substring(Math.min(1, both.length())).split("\0", 2)[0];
  }

  private static void put(
      Hdf5Bytes bytes, Map<String, Hdf5Link> links, String name, Hdf5Link link, long address)
      throws WeightFileException {
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.length() > LONGEST_NAME) {
      throw bytes.at(
          address,
          "expected a name of 1 to %s characters without / but it has %s"
              .formatted(LONGEST_NAME, name.length()));
    }
    bytes.charge(name.length());
    if (links.put(name, link) != null) {
      throw bytes.at(address, "expected every name once but \"%s\" is twice".formatted(name));
    }
  }

  /**
   * The symbol table of an old group: a B-tree of tables whose names are in a heap. Sections
   * III.A.1, III.B, III.D.
   */
  private static final class SymbolTable {
    private static final int ENTRY_BYTES = 40;

    private final Hdf5Bytes bytes;
    private final Map<String, Hdf5Link> links;
    private final byte[] names;

    SymbolTable(Hdf5Bytes bytes, long heap, Map<String, Hdf5Link> links) throws IOException {
      this.bytes = bytes;
      this.links = links;
      ByteBuffer header = bytes.read(heap, 32, "a group's names");
      bytes.signature(header, "HEAP", heap);
      ByteBuffer data = bytes.read(header.getLong(24), header.getLong(8), "a group's names");
      names = new byte[data.remaining()];
      data.get(names);
    }

    /** Reads a node of the tree whose level is below {@code level}. */
    void read(long address, int level) throws IOException {
      Hdf5Tree.Node node = Hdf5Tree.read(bytes, address, Hdf5Tree.GROUP, 8, level);
      for (int i = 0; i < node.count(); i++) {
        if (node.level() > 0) {
          read(node.child(i), node.level());
        } else {
          table(node.child(i));
        }
      }
    }

    private void table(long address) throws IOException {
      ByteBuffer header = bytes.read(address, 8, "a symbol table");
      bytes.signature(header, "SNOD", address);
      int count = Short.toUnsignedInt(header.getShort(6));
      ByteBuffer entries = bytes.read(address + 8, (long) ENTRY_BYTES * count, "a symbol table");
      for (int i = 0; i < count; i++) {
        int at = i * ENTRY_BYTES;
        long entry = address + 8 + at;
        Hdf5Link link =
            entries.getInt(at + 16) == 2
                ? new Hdf5Link(
                    Kind.SOFT, 0, name(Integer.toUnsignedLong(entries.getInt(at + 24)), entry))
                : new Hdf5Link(Kind.HARD, entries.getLong(at + 8), "");
        put(bytes, links, name(entries.getLong(at), entry), link, entry);
      }
    }

    private String name(long offset, long entry) throws WeightFileException {
      if (offset < 0 || offset >= names.length) {
        throw bytes.at(
            entry,
            "expected a name in a heap of %s bytes but it is at %s"
                .formatted(names.length, offset));
      }
      int start = (int) offset;
      int end = start;
      int most = (int) Math.min(names.length, offset + LONGEST_NAME + 1);
      while (end < most && names[end] != 0) {
        end++;
      }
      return new String(names, start, end - start, StandardCharsets.UTF_8);
    }
  }
}
