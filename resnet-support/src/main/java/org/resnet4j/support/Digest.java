package org.resnet4j.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A checksum, in lower-case hexadecimal, of all bytes added so far. */
public final class Digest {
  private final MessageDigest digest;

  private Digest(String algorithm) {
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has " + algorithm, e);
    }
  }

  public static Digest sha256() {
    return new Digest("SHA-256");
  }

  public static Digest md5() {
    return new Digest("MD5");
  }

  /** Returns the SHA-256 of {@code file}. */
  public static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return sha256().add(in).hex();
    }
  }

  public Digest add(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      add(buffer, count);
    }
    return this;
  }

  public Digest add(byte[] bytes, int count) {
    digest.update(bytes, 0, count);
    return this;
  }

  public Digest add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Returns a stream that adds what is written to {@code out}. */
  public OutputStream beside(OutputStream out) {
    return new DigestOutputStream(out, digest);
  }

  /** Returns the checksum and resets this object. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
