package org.resnet4j.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.resnet4j.support.Digest;

/**
 * A file whose checksum equals its publisher's. After reading it, call {@link #requireUnchanged} to
 * check that it is still the same file.
 */
public final class VerifiedFile {
  private final Path file;
  private final Map<String, String> identity;
  private final String sha256;

  private VerifiedFile(Path file, Map<String, String> identity, String sha256) {
    this.file = file;
    this.identity = identity;
    this.sha256 = sha256;
  }

  /**
   * Hashes {@code file} and compares it with the publisher's checksum and with the one recorded
   * beside it at its download.
   *
   * @throws MismatchException when the publisher's checksum differs
   * @throws IOException when the recorded checksum differs
   */
  public static VerifiedFile of(Path file, Checksum published) throws IOException {
    return of(file, identity(file), published);
  }

  /**
   * Returns a task that does what {@link #of(Path, Checksum)} does, for the file that is there now:
   * what is read beside it is what was verified if {@link #requireUnchanged} then holds.
   */
  public static Callable<VerifiedFile> task(Path file, Checksum published) throws IOException {
    Map<String, String> identity = identity(file);
    return () -> of(file, identity, published);
  }

  private static VerifiedFile of(Path file, Map<String, String> identity, Checksum published)
      throws IOException {
    Digest sha256 = Digest.sha256();
    Digest other = published.kind() == Checksum.Kind.MD5 ? Digest.md5() : null;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sha256.add(buffer, count);
        if (other != null) {
          other.add(buffer, count);
        }
      }
    }
    String whole = sha256.hex();
    String actual = other == null ? whole : other.hex();
    if (!published.matches(actual)) {
      throw new MismatchException(file + ": expected " + published + " but was " + actual);
    }
    FirstSum.require(whole, file, published);
    return new VerifiedFile(file, identity, whole);
  }

  /** Returns the whole SHA-256, whatever the publisher gives. */
  public String sha256() {
    return sha256;
  }

  /**
   * Refuses a file that was modified or replaced since it was hashed; the bytes read in between may
   * be others.
   */
  public void requireUnchanged() throws IOException {
    if (!identity.equals(identity(file))) {
      throw new IOException(
          file
              + ": expected the file that was verified but it was changed while it was read; find out what writes to it and try again");
    }
  }

  /**
   * Returns the file's identity; on Unix with the time of its last change of any kind, which
   * programs cannot set.
   */
  private static Map<String, String> identity(Path file) throws IOException {
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    Map<String, String> identity = new TreeMap<>();
    Files.readAttributes(
            file,
            unix ? "unix:dev,ino,size,lastModifiedTime,ctime" : "size,lastModifiedTime,fileKey")
        .forEach((name, value) -> identity.put(name, String.valueOf(value)));
    return identity;
  }

  /** The error for a file whose checksum is not its publisher's. */
  public static final class MismatchException extends IOException {
    private static final long serialVersionUID = 1;

    MismatchException(String message) {
      super(message);
    }
  }
}
