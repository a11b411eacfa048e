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
 * The entries of a zip, in the order of the file, after checks: no name twice or out of the
 * archive, no two entries over each other, none encrypted, at most {@link FileTensors#MOST}, and
 * all together no more than a small multiple of the file.
 */
public final class ZipEntries implements Closeable {
  /** Weights hardly compress; what is all zeros does, a thousandfold. */
  private static final int MOST_EXPANSION = 16;

  private static final long FREE_EXPANSION = 1 << 20;

  private final FileBytes file;
  private final ZipFile zip;
  private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

  private ZipEntries(FileBytes file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  /** Owns {@code file} from now on. */
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
        throw refused(entry, "a place of its own but it lies over the one before");
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

  /** Names, in the order of the file, of their contents. */
  public Map<String, ZipArchiveEntry> all() {
    return Collections.unmodifiableMap(entries);
  }

  /** The bytes of an entry that is not compressed, to be read in any order. */
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

  /** The bytes of an entry, decompressed while they are read, in ascending order alone. */
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
