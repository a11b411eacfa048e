package org.resnet4j.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Digest;

/**
 * The SHA-256 recorded at the first download of a file, in {@code NAME.sha256} beside it, in the
 * format of {@code sha256sum}. A short published sum or an MD5 can be forged; the recorded sum
 * cannot (trust on first use).
 */
final class FirstSum {
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *].*\\R?");

  private FirstSum() {}

  /** Returns the file that holds the sum of {@code target}. */
  static Path beside(Path target) {
    return target.resolveSibling(target.getFileName() + ".sha256");
  }

  /**
   * Compares {@code content}, which is or becomes {@code target}, with the recorded sum; records
   * its sum if there is none. Does nothing if the publisher gives a whole SHA-256.
   *
   * @throws IOException when it differs from the first download
   */
  static void keep(Path content, Path target, Checksum published) throws IOException {
    if (published.kind() == Checksum.Kind.SHA256) {
      return;
    }
    String actual = Digest.sha256(content);
    if (read(target) != null) {
      require(actual, target, published);
      return;
    }
    Path kept = beside(target);
    // The sums of the process that holds the folder's lock, readable for other users of the cache.
    Path temporary = kept.resolveSibling(kept.getFileName() + ".part");
    try {
      Files.writeString(temporary, actual + "  " + target.getFileName() + "\n");
      Files.move(temporary, kept, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Refuses a file whose sum differs from the one recorded for {@code target}, if there is one. */
  static void require(String sha256, Path target, Checksum published) throws IOException {
    String first = read(target);
    if (first != null && !first.equals(sha256)) {
      throw new IOException(
          target
              + ": expected SHA-256 "
              + first
              + ", as at its first download ("
              + beside(target).getFileName()
              + "), but was "
              + sha256
              + ", which fits the published "
              + published
              + " too; delete the file and fetch it again, and if you know that its publisher has replaced it, delete "
              + beside(target).getFileName()
              + " first");
    }
  }

  private static @Nullable String read(Path target) throws IOException {
    Path kept = beside(target);
    String text;
    try {
      text = Files.readString(kept, UTF_8);
    } catch (NoSuchFileException e) {
      return null;
    }
    Matcher line = LINE.matcher(text);
    if (!line.matches()) {
      throw new IOException(
          kept
              + ": expected one line of a SHA-256 and a file name, as sha256sum writes, but it is something else; delete it and fetch the file again");
    }
    return line.group(1);
  }
}
