package org.resnet4j.weightfile.zip;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.WeightFileException;

/**
 * The checked entries of a zip, in the order of the file. Names are unique and inside the archive.
 * Entries do not overlap and are not encrypted. There are at most {@link FileTensors#MOST}, and
 * their total size is at most a small multiple of the file's.
 */
public final class ZipEntries implements Closeable {
  /** The largest accepted expansion. Weights hardly compress; zeros compress a thousandfold. */
  private static final int MOST_EXPANSION = 16;

  private static final long FREE_EXPANSION = 1 << 20;

  private final FileBytes file;
  private final ZipFile zip;
  private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

  private ZipEntries(FileBytes file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  /** Opens the zip in {@code file} and takes ownership of it. */
  public static ZipEntries open(FileBytes file) throws IOException {
    try {
      ZipEntries entries = new ZipEntries(file, directory(file));
      entries.check();
      return entries;
    } catch (Throwable e) {
      file.close();
      throw e;
    }
  }

  private static ZipFile directory(FileBytes file) throws IOException {
    ZipDirectory.requireAtMost(FileTensors.MOST, file);
    try {
      return ZipFile.builder().setSeekableByteChannel(file.channel()).get();
    } catch (IOException | RuntimeException e) {
      throw new WeightFileException(
          "%s: expected a whole zip but: %s; %s"
              .formatted(file.where(), e.getMessage(), WeightFileException.REFETCH),
          e);
    }
  }

  private void check() throws WeightFileException {
    long end = 0;
    long total = 0;
    for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
      if (entry.isDirectory()) {
        continue;
      }
      requireSane(entry);
      if (entry.getDataOffset() < end) {
        throw refused(entry, "no overlap but it overlaps the entry before it");
      }
      file.require(entry.getDataOffset(), entry.getCompressedSize());
      end = entry.getDataOffset() + entry.getCompressedSize();
      total += entry.getSize();
      if (total < 0 || total > MOST_EXPANSION * file.size() + FREE_EXPANSION) {
        throw refused(
            entry,
            "entries of at most %s times the file but they claim %s bytes"
                .formatted(MOST_EXPANSION, total));
      }
      if (entries.put(entry.getName(), entry) != null) {
        throw refused(entry, "every name once");
      }
    }
  }

  private void requireSane(ZipArchiveEntry entry) throws WeightFileException {
    String name = entry.getName();
    if (name.startsWith("/") || name.indexOf('\\') >= 0 || ("/" + name + "/").contains("/../")) {
      throw refused(entry, "a name inside the archive");
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw refused(entry, "no encryption");
    }
    if (entry.getMethod() != ZipEntry.STORED && entry.getMethod() != ZipEntry.DEFLATED) {
      throw refused(entry, "it stored or deflated but its method is " + entry.getMethod());
    }
    if (entry.getSize() < 0
        || entry.getCompressedSize() < 0
        || (entry.getMethod() == ZipEntry.STORED && entry.getSize() != entry.getCompressedSize())) {
      throw refused(
          entry,
          "one size but it claims %s bytes in %s"
              .formatted(entry.getSize(), entry.getCompressedSize()));
    }
  }

  private WeightFileException refused(ZipArchiveEntry entry, String expected) {
    return new WeightFileException(
        "%s: zip entry \"%s\": expected %s; %s"
            .formatted(file.where(), entry.getName(), expected, WeightFileException.REFETCH));
  }

  public FileBytes file() {
    return file;
  }

  /** Returns the entries by name, in the order of the file. */
  public Map<String, ZipArchiveEntry> all() {
    return Collections.unmodifiableMap(entries);
  }

  /** Returns the bytes of an entry that is not compressed, which can be read in any order. */
  public Content stored(String name, String remedy) throws WeightFileException {
    ZipArchiveEntry entry = entries.get(name);
    if (entry == null) {
      throw new WeightFileException(
          "%s: expected the zip entry \"%s\" but it is not there; %s"
              .formatted(file.where(), name, remedy));
    }
    if (entry.getMethod() != ZipEntry.STORED) {
      throw new WeightFileException(
          "%s: zip entry \"%s\": expected it stored but it is compressed; %s"
              .formatted(file.where(), name, remedy));
    }
    return file.slice(entry.getDataOffset(), entry.getSize());
  }

  /** Returns the bytes of an entry, decompressed while they are read, in ascending order only. */
  public Content streamed(ZipArchiveEntry entry) {
    String where = "%s: zip entry \"%s\"".formatted(file.where(), entry.getName());
    return new Content() {
      @Override
      public long size() {
        return entry.getSize();
      }

      @Override
      public Cursor open() throws IOException {
        return new EntryCursor(where, zip.getInputStream(entry), entry.getSize(), entry.getCrc());
      }
    };
  }

  @Override
  public void close() throws IOException {
    zip.close();
    file.close();
  }
}
