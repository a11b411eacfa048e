package org.resnet4j.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.resnet4j.support.Digest;

/**
 * A publisher's checksum of a file.
 *
 * @param hex lower case
 */
public record Checksum(Kind kind, String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

  /** The kind of checksum that is published. */
  public enum Kind {
    /** A whole SHA-256, 64 digits. */
    SHA256("SHA-256", 64),
    /**
     * The first digits of a SHA-256, as PyTorch puts eight of them into file names. They detect
     * versions and damage, but not a file that somebody made to match.
     */
    SHA256_START("SHA-256 beginning", 8),
    /** An MD5, 32 digits, as Keras publishes. */
    MD5("MD5", 32);

    private final String title;
    private final int digits;

    Kind(String title, int digits) {
      this.title = title;
      this.digits = digits;
    }

    /** Returns the kind of the complete sum that this is a part of. */
    public Kind whole() {
      return this == SHA256_START ? SHA256 : this;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  public Checksum {
    if (!HEX.matcher(hex).matches() || (kind.digits > 0 && hex.length() != kind.digits)) {
      throw new IllegalArgumentException(
          "%s: expected %s hexadecimal digits but was \"%s\"".formatted(kind, kind.digits, hex));
    }
  }

  public static Checksum sha256(String hex) {
    return new Checksum(Kind.SHA256, hex);
  }

  /** Returns a checksum that is the first digits of a SHA-256. */
  public static Checksum sha256Start(String hex) {
    return new Checksum(Kind.SHA256_START, hex);
  }

  public static Checksum md5(String hex) {
    return new Checksum(Kind.MD5, hex);
  }

  /** Returns the complete sum of {@code file}, as {@link #matches} takes it. */
  public String of(Path file) throws IOException {
    Digest digest = kind == Kind.MD5 ? Digest.md5() : Digest.sha256();
    try (InputStream in = Files.newInputStream(file)) {
      return digest.add(in).hex();
    }
  }

  /** Returns whether a file with the sum {@code actual} is the published one. */
  public boolean matches(String actual) {
    return actual.startsWith(hex);
  }

  public boolean matches(Path file) throws IOException {
    return matches(of(file));
  }

  @Override
  public String toString() {
    return kind + " " + hex;
  }
}
