package org.resnet4j.data.sets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.resnet4j.data.sets.DatasetSpec.DataFile;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Digest;

/**
 * Extracts a dataset's files, and nothing else, from a {@code .tar.gz}. A name in the archive never
 * becomes a path: it is only compared with the dataset's own paths.
 */
final class TarMembers {
  /**
   * The file that lists the SHA-256 of the unpacked files, for {@code sha256sum -c} and for the
   * next run.
   */
  private static final String SUMS = "SHA256SUMS";

  private final DatasetSpec spec;
  private final Path folder;

  /**
   * @param home folder in which {@link DatasetSpec#folder} is created
   */
  TarMembers(DatasetSpec spec, Path home) {
    this.spec = spec;
    this.folder = home.resolve(spec.folder());
  }

  /** Returns whether all files are there, unchanged since they were unpacked. */
  boolean there() throws IOException {
    Path sums = folder.resolve(SUMS);
    if (!Files.isRegularFile(sums)) {
      return false;
    }
    List<String> lines = new ArrayList<>();
    for (DataFile file : spec.files().toList()) {
      Path path = folder.resolve(file.name());
      if (!Files.isRegularFile(path) || Files.size(path) != file.bytes()) {
        return false;
      }
      lines.add(line(Digest.sha256(path), file.name()));
    }
    return Files.readAllLines(sums).equals(lines);
  }

  /** Extracts all files of the dataset, or throws and leaves none of them. */
  void unpack(Path archive) throws IOException {
    AtomicFile.createFolder(folder);
    try {
      settle(extracted(archive));
    } finally {
      for (DataFile file : spec.files().toList()) {
        Files.deleteIfExists(part(file.name()));
      }
    }
  }

  /** Extracts all files under temporary names and returns the SHA-256 of each. */
  private Map<String, String> extracted(Path archive) throws IOException {
    Map<String, DataFile> wanted = new TreeMap<>();
    spec.files().forEach(file -> wanted.put(spec.folder() + "/" + file.name(), file));
    Map<String, String> sums = new HashMap<>();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(in))) {
      for (TarArchiveEntry member = tar.getNextEntry();
          member != null && !wanted.isEmpty();
          member = tar.getNextEntry()) {
        DataFile file = regular(member) ? wanted.remove(member.getName()) : null;
        if (file != null) {
          sums.put(file.name(), write(archive, file, member, tar));
        }
      }
    }
    if (!wanted.isEmpty()) {
      throw new IOException(
          "%s: expected %s but the archive does not hold it"
              .formatted(archive, wanted.keySet().iterator().next()));
    }
    return sums;
  }

  /**
   * Returns whether the member is a regular file; unlike {@link TarArchiveEntry#isFile}, false for
   * a link.
   */
  private static boolean regular(TarArchiveEntry member) {
    return member.getLinkFlag() == TarConstants.LF_NORMAL
        || member.getLinkFlag() == TarConstants.LF_OLDNORM;
  }

  private String write(
      Path archive, DataFile file, TarArchiveEntry member, TarArchiveInputStream tar)
      throws IOException {
    if (member.getSize() != file.bytes()) {
      throw new IOException(
          "%s: %s: expected %s bytes but was %s"
              .formatted(archive, member.getName(), file.bytes(), member.getSize()));
    }
    Digest sum = Digest.sha256();
    try (OutputStream out = sum.beside(Files.newOutputStream(part(file.name())))) {
      tar.transferTo(out);
    }
    return sum.hex();
  }

  private void settle(Map<String, String> sums) throws IOException {
    List<String> lines = new ArrayList<>();
    for (DataFile file : spec.files().toList()) {
      move(file.name());
      lines.add(line(sums.getOrDefault(file.name(), ""), file.name()));
    }
    Files.write(part(SUMS), lines);
    move(SUMS);
  }

  private void move(String name) throws IOException {
    Files.move(part(name), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path part(String name) {
    return folder.resolve(name + ".part");
  }

  private static String line(String sha256, String name) {
    return sha256 + "  " + name;
  }
}
