package org.resnet4j.data.sets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** SHA-256 of data as a network sees it, so that compression does not matter. */
final class Fingerprint {
  private Fingerprint() {}

  /** What {@code zcat -f FILE… | sha256sum} prints. */
  static String ofContent(List<Path> files) throws IOException {
    Sha256 sum = new Sha256();
    for (Path file : files) {
      try (InputStream in = unpacked(Files.newInputStream(file))) {
        sum.add(in);
      }
    }
    return sum.hex();
  }

  static InputStream unpacked(InputStream in) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(2);
    byte[] head = buffered.readNBytes(2);
    buffered.reset();
    boolean gzip = head.length == 2 && head[0] == 0x1f && head[1] == (byte) 0x8b;
    return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
  }
}
