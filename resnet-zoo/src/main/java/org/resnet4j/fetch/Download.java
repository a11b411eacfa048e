package org.resnet4j.fetch;

import java.net.URI;

/**
 * A file to fetch.
 *
 * @param least minimum length in bytes, from 1
 * @param most maximum length in bytes; equal to {@code least} if the length is published
 */
public record Download(URI address, long least, long most, Checksum checksum) {
  public Download {
    if (least < 0 || most < least) {
      throw new IllegalArgumentException(
          UserInfo.hidden(address) + ": expected a length but was " + least + " to " + most);
    }
  }

  /** Returns a file whose length and SHA-256 are published. */
  public static Download exact(URI address, long bytes, String sha256) {
    return new Download(address, bytes, bytes, Checksum.sha256(sha256));
  }

  /** Returns a file whose length is not published but bounded. */
  public static Download upTo(URI address, long most, Checksum checksum) {
    return new Download(address, 1, most, checksum);
  }

  /** Returns the last part of the address. */
  public String name() {
    String path = address.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** Returns the same file at another server. */
  public Download from(URI other) {
    return new Download(other, least, most, checksum);
  }

  /**
   * Returns whether the checksum alone proves that this is the published file, so that any
   * transport is safe.
   */
  public boolean isFullyIdentified() {
    return checksum.kind() == Checksum.Kind.SHA256;
  }

  /**
   * Returns whether nobody on the way can change the file: over HTTPS, or from this machine itself.
   */
  public boolean isSecured() {
    return "https".equals(address.getScheme())
        || (address.getHost() != null && Proxies.isLoopback(address.getHost()));
  }

  /** Returns the address without its name and password. */
  @Override
  public String toString() {
    return UserInfo.hidden(address) + " (" + length() + ", " + checksum + ")";
  }

  boolean hasExactLength() {
    return least == most;
  }

  /** Returns the length for messages. */
  String length() {
    return hasExactLength() ? least + " bytes" : "at most %s bytes".formatted(most);
  }
}
