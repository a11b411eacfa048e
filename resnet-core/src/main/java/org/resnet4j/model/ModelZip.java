package org.resnet4j.model;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a model's zip, found through its directory. The directory and the local headers
 * must agree, without gaps. A program that streams the zip and one that reads its directory thus
 * see the same model. No entry is decompressed before it is opened.
 */
final class ModelZip implements Closeable {
  private static final int END = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int DIRECTORY_HEADER = 46;
  private static final int DIRECTORY_SIGNATURE = 0x02014b50;
  private static final int LOCAL_HEADER = 30;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int DESCRIPTOR = 16;
  private static final int DESCRIPTOR_SIGNATURE = 0x08074b50;
  private static final int ENCRYPTED = 1;
  private static final int HAS_DESCRIPTOR = 1 << 3;

  /**
   * The largest accepted number of entries; a model has three or four, and other programs may add
   * some.
   */
  private static final int MOST_ENTRIES = 64;

  private static final int MOST_DIRECTORY_BYTES = 1 << 16;

  /** The largest ratio by which Deflate can expand data. */
  private static final int MOST_EXPANSION = 1032;

  private static final int BLOCK = 64;

  private final String where;
  private final SeekableByteChannel channel;
  private final Map<String, ModelZipEntry> entries = new LinkedHashMap<>();
  private final Map<String, Long> data = new LinkedHashMap<>();

  private ModelZip(String where, SeekableByteChannel channel) {
    this.where = where;
    this.channel = channel;
  }

  static ModelZip open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(
          file + ": there is no such model file; expected a zip that train wrote");
    }
    return open(file.toString(), Files.newByteChannel(file));
  }

  /** Opens the zip in {@code channel} and takes ownership of the channel. */
  static ModelZip open(String where, SeekableByteChannel channel) throws IOException {
    try {
      ModelZip zip = new ModelZip(where, channel);
      zip.readDirectory();
      return zip;
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  /** Returns the name of the file in messages. */
  String where() {
    return where;
  }

  Set<String> names() {
    return entries.keySet();
  }

  @Nullable ModelZipEntry find(String name) {
    return entries.get(name);
  }

  /** Returns the total uncompressed size of all entries in bytes. */
  long totalSize() {
    return entries.values().stream().mapToLong(ModelZipEntry::size).sum();
  }

  /** Returns an entire entry of at most {@code most} bytes. */
  byte[] bytes(ModelZipEntry entry, int most) throws IOException {
    if (entry.size() > most) {
      throw refused(
          entry.name() + ": expected at most " + most + " bytes but there are " + entry.size());
    }
    try (InputStream in = stream(entry)) {
      byte[] bytes = in.readNBytes((int) entry.size());
      if (in.read() >= 0) {
        throw new AssertionError("a stream longer than its entry");
      }
      return bytes;
    }
  }

  /**
   * Returns a stream of an entry's bytes. At its end, length and checksum are compared with those
   * in the zip.
   */
  InputStream stream(ModelZipEntry entry) throws IOException {
    if (entry.size() == 0 && entry.packed() == 0) {
      return new ByteArrayInputStream(new byte[0]);
    }
    Long start = data.get(entry.name());
    if (start == null) {
      throw new AssertionError("an entry of another zip: " + entry.name());
    }
    return new ModelZipStream(where + ": " + entry.name(), channel, start, entry);
  }

  IOException refused(String why) {
    return new IOException(where + ": " + why);
  }

  private void readDirectory() throws IOException {
    long length = channel.size();
    if (length < END) {
      throw refused("expected a whole zip of a model but it has " + length + " bytes");
    }
    ByteBuffer end = read(length - END, END);
    int count = Short.toUnsignedInt(end.getShort(10));
    long size = Integer.toUnsignedLong(end.getInt(12));
    long start = Integer.toUnsignedLong(end.getInt(16));
    if (end.getInt(0) != END_SIGNATURE || end.getShort(20) != 0) {
      throw refused(
          "expected a whole zip of a model, with the zip's directory and no comment at its end");
    }
    if (end.getInt(4) != 0
        || Short.toUnsignedInt(end.getShort(8)) != count
        || start + size + END != length) {
      throw refused(
          "expected a zip of less than 4 GiB in one piece, with its directory just before its end");
    }
    if (count > MOST_ENTRIES || size > MOST_DIRECTORY_BYTES) {
      throw refused(
          "expected at most " + MOST_ENTRIES + " entries with short names but there are " + count);
    }
    readEntries(read(start, (int) size), count);
    requireSameHeaders(start);
  }

  private void readEntries(ByteBuffer directory, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (directory.remaining() < DIRECTORY_HEADER
          || directory.getInt(directory.position()) != DIRECTORY_SIGNATURE) {
        throw refused("expected " + count + " entries in the zip's directory but there are " + i);
      }
      ByteBuffer header = directory.slice().order(ByteOrder.LITTLE_ENDIAN);
      int name = Short.toUnsignedInt(header.getShort(28));
      int length =
          DIRECTORY_HEADER
              + name
              + Short.toUnsignedInt(header.getShort(30))
              + Short.toUnsignedInt(header.getShort(32));
      if (header.remaining() < length) {
        throw refused("expected a whole directory of the zip but it ends in entry " + i);
      }
      ModelZipEntry entry =
          new ModelZipEntry(
              text(header, DIRECTORY_HEADER, name),
              header.getShort(8),
              header.getShort(10),
              Integer.toUnsignedLong(header.getInt(16)),
              Integer.toUnsignedLong(header.getInt(20)),
              Integer.toUnsignedLong(header.getInt(24)),
              Integer.toUnsignedLong(header.getInt(42)));
      requireSane(entry);
      directory.position(directory.position() + length);
    }
    if (directory.hasRemaining()) {
      throw refused("expected no more than " + count + " entries in the zip's directory");
    }
  }

  private void requireSane(ModelZipEntry entry) throws IOException {
    String name = Shown.of(entry.name());
    boolean deflated = entry.method() == ZipEntry.DEFLATED;
    if (entries.put(entry.name(), entry) != null) {
      throw refused("expected every entry once but there are two of " + name);
    }
    if ((entry.flags() & ENCRYPTED) != 0 || !(deflated || entry.method() == ZipEntry.STORED)) {
      throw refused(name + ": expected an entry that is stored or deflated, and not encrypted");
    }
    if (entry.packed() == ModelZipEntry.ZIP64
        || entry.size() == ModelZipEntry.ZIP64
        || entry.header() == ModelZipEntry.ZIP64) {
      throw refused(name + ": expected less than 4 GiB");
    }
    if (deflated
        ? entry.size() > MOST_EXPANSION * (entry.packed() + BLOCK)
        : entry.size() != entry.packed() || (entry.flags() & HAS_DESCRIPTOR) != 0) {
      throw refused(
          name + ": claims " + entry.size() + " bytes in " + entry.packed() + " of the zip");
    }
  }

  /**
   * Requires that the entries precede the directory and that each local header repeats the
   * directory's values.
   */
  private void requireSameHeaders(long directory) throws IOException {
    List<ModelZipEntry> ordered = new ArrayList<>(entries.values());
    ordered.sort(Comparator.comparingLong(ModelZipEntry::header));
    long at = 0;
    for (ModelZipEntry entry : ordered) {
      if (entry.header() != at || at + LOCAL_HEADER > directory) {
        throw differs(entry);
      }
      ByteBuffer header = read(at, LOCAL_HEADER);
      int name = Short.toUnsignedInt(header.getShort(26));
      long start = at + LOCAL_HEADER + name + Short.toUnsignedInt(header.getShort(28));
      at = start + entry.packed();
      if (header.getInt(0) != LOCAL_SIGNATURE || at > directory) {
        throw differs(entry);
      }
      String title = text(read(entry.header() + LOCAL_HEADER, name), 0, name);
      if (!entry.sameAs(header.getShort(6), header.getShort(8), title)) {
        throw differs(entry);
      }
      if ((entry.flags() & HAS_DESCRIPTOR) != 0) {
        at = requireDescriptor(entry, at, directory);
      } else if (!entry.hasSizes(header.getInt(14), header.getInt(18), header.getInt(22))) {
        throw differs(entry);
      }
      data.put(entry.name(), start);
    }
    if (at != directory) {
      throw refused("expected the zip's directory directly after its entries");
    }
  }

  /** Requires a correct data descriptor and returns the position after it. */
  private long requireDescriptor(ModelZipEntry entry, long at, long directory) throws IOException {
    if (at + DESCRIPTOR > directory) {
      throw differs(entry);
    }
    ByteBuffer descriptor = read(at, DESCRIPTOR);
    if (descriptor.getInt(0) != DESCRIPTOR_SIGNATURE
        || !entry.hasSizes(descriptor.getInt(4), descriptor.getInt(8), descriptor.getInt(12))) {
      throw differs(entry);
    }
    return at + DESCRIPTOR;
  }

  private IOException differs(ModelZipEntry entry) {
    return refused(
        Shown.of(entry.name())
            + ": expected one entry after the other, as the zip's directory says, but the data say"
            + " otherwise; write the zip again");
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(position);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw refused("expected a whole zip of a model but it ends at byte " + channel.position());
      }
    }
    return bytes.flip();
  }

  private static String text(ByteBuffer bytes, int at, int length) {
    return new String(bytes.array(), bytes.arrayOffset() + at, length, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
