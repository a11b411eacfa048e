package org.resnet4j.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.resnet4j.data.Gzip;
import org.resnet4j.support.Digest;

/** Computes the SHA-256 that identifies a dataset. */
final class Fingerprint {
  private Fingerprint() {}

  /**
   * Returns the SHA-256 of the uncompressed files, one after the other, as {@code zcat -f FILE… |
   * sha256sum} prints it.
   */
  static String ofContent(List<Path> files) throws IOException {
    Digest sum = Digest.sha256();
    for (Path file : files) {
      try (InputStream in = Gzip.unpacked(file.toString(), Files.newInputStream(file))) {
        sum.add(in);
      }
    }
    return sum.hex();
  }

  /**
   * Returns the SHA-256 of the length and path of every file under {@code root} that is not hidden.
   */
  static String ofListing(Path root) throws IOException {
    Digest sum = Digest.sha256();
    try (Stream<Path> files = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      Iterator<String> lines =
          files
              .filter(Files::isRegularFile)
              .map(root::relativize)
              .filter(file -> !hidden(file))
              .map(file -> file.toString().replace(File.separatorChar, '/'))
              .sorted()
              .iterator();
      while (lines.hasNext()) {
        String file = lines.next();
        sum.add((Files.size(root.resolve(file)) + " " + file + "\n").getBytes(UTF_8));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return sum.hex();
  }

  private static boolean hidden(Path relative) {
    return StreamSupport.stream(relative.spliterator(), false)
        .anyMatch(part -> part.toString().startsWith("."));
  }
}
