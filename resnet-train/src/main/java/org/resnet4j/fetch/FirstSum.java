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
 * The whole SHA-256 that a file had when it first came, in {@code NAME.sha256} beside it, as {@code
 * sha256sum} writes it. Where a publisher gives a short sum or an MD5, somebody can make another
 * file that fits; it does not fit this one (trust on first use).
 */
final class FirstSum {
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *].*\\R?");

  private FirstSum() {}

  /** The file that keeps the sum of {@code target}. */
  static Path beside(Path target) {
    return target.resolveSibling(target.getFileName() + ".sha256");
  }

  /**
   * Compares {@code content}, which is or becomes {@code target}, with what was kept; keeps its sum
   * if none was. Does nothing where the publisher gives all of SHA-256.
   *
   * @throws IOException when it is another file than the first
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
    // Of the process that holds the folder's lock; readable for others who use the cache.
    Path temporary = kept.resolveSibling(kept.getFileName() + ".part");
    try {
      Files.writeString(temporary, actual + "  " + target.getFileName() + "\n");
      Files.move(temporary, kept, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Refuses a file with another sum than was kept of {@code target}, if one was. */
  static void require(String sha256, Path target, Checksum published) throws IOException {
    String first = read(target);
    if (first != null && !first.equals(sha256)) {
      throw new IOException(
          target
              + ": expected SHA-256 "
              + first
              + ", as when it first came ("
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
