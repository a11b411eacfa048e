package org.resnet4j.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.resnet4j.support.Digest;

/**
 * What a publisher says about the bytes of a file.
 *
 * @param hex lower case
 */
public record Checksum(Kind kind, String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]*");

  /** What is published. */
  public enum Kind {
    /** All 64 digits. */
    SHA256("SHA-256", 64),
    /**
     * The first digits of a SHA-256, as PyTorch writes eight of them into file names: they tell
     * versions and damage apart, but whoever wants to can make another file that begins so.
     */
    SHA256_START("SHA-256 beginning", 8),
    /** 32 digits, as Keras publishes. */
    MD5("MD5", 32);

    private final String title;
    private final int digits;

    Kind(String title, int digits) {
      this.title = title;
      this.digits = digits;
    }

    /** The kind of which this is a part. */
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

  /** The first digits of a SHA-256. */
  public static Checksum sha256Start(String hex) {
    return new Checksum(Kind.SHA256_START, hex);
  }

  public static Checksum md5(String hex) {
    return new Checksum(Kind.MD5, hex);
  }

  /** The whole sum of {@code file}, of which {@link #matches} decides. */
  public String of(Path file) throws IOException {
    Digest digest = kind == Kind.MD5 ? Digest.md5() : Digest.sha256();
    try (InputStream in = Files.newInputStream(file)) {
      return digest.add(in).hex();
    }
  }

  /** Whether the file with the sum {@code actual} is the published one. */
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
