package org.resnet4j.fetch;

import java.net.URI;

/**
 * A file to fetch.
 *
 * @param least bytes that it has, from 1
 * @param most bytes that it may have; where its length is published, the same number
 */
public record Download(URI address, long least, long most, Checksum checksum) {
  public Download {
    if (least < 0 || most < least) {
      throw new IllegalArgumentException(
          UserInfo.hidden(address) + ": expected a length but was " + least + " to " + most);
    }
  }

  /** One whose length and SHA-256 are published. */
  public static Download exact(URI address, long bytes, String sha256) {
    return new Download(address, bytes, bytes, Checksum.sha256(sha256));
  }

  /** One of which only a bound on its length is known. */
  public static Download upTo(URI address, long most, Checksum checksum) {
    return new Download(address, 1, most, checksum);
  }

  /** Last part of the address. */
  public String name() {
    String path = address.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The same file from another server. */
  public Download from(URI other) {
    return new Download(other, least, most, checksum);
  }

  /**
   * Whether the checksum alone tells this file from one that somebody made: then any way that it
   * comes is as good as another.
   */
  public boolean isFullyIdentified() {
    return checksum.kind() == Checksum.Kind.SHA256;
  }

  /** Whether nobody on the way can change the file: HTTPS, or this machine itself. */
  public boolean isSecured() {
    return "https".equals(address.getScheme())
        || (address.getHost() != null && Proxies.isLoopback(address.getHost()));
  }

  /** Without name and password of the address. */
  @Override
  public String toString() {
    return UserInfo.hidden(address) + " (" + length() + ", " + checksum + ")";
  }

  boolean hasExactLength() {
    return least == most;
  }

  /** The length in messages. */
  String length() {
    return hasExactLength() ? least + " bytes" : "at most %s bytes".formatted(most);
  }
}
