package org.resnet4j.data.sets;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in lower-case hexadecimal, of all bytes added so far. */
final class Sha256 {
  private final MessageDigest digest;

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  static String of(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new Sha256().add(in).hex();
    }
  }

  Sha256 add(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      digest.update(buffer, 0, count);
    }
    return this;
  }

  Sha256 add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** A stream that adds what is written to it. */
  OutputStream beside(OutputStream out) {
    return new DigestOutputStream(out, digest);
  }

  /** Ends the sum; the object starts again from nothing. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
