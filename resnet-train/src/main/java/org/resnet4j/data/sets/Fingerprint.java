package org.resnet4j.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.resnet4j.data.FileSource;
import org.resnet4j.data.Gzip;
import org.resnet4j.data.HeldOut;
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
   * Returns the SHA-256 of the length and path of every file, and of its class if the path does not
   * begin with it. Where images may have several labels, it is of all of them in any case.
   */
  static String ofFiles(FileSource source) throws IOException {
    List<Integer> byPath =
        IntStream.range(0, source.size()).boxed().sorted(comparing(source::path)).toList();
    Digest sum = Digest.sha256();
    for (int i : byPath) {
      String path = source.path(i);
      long bytes = Files.size(source.root().resolve(path));
      String names = names(source, i);
      boolean inPath = !source.isMultiLabel() && path.startsWith(names.substring(1) + "/");
      String line = bytes + " " + path + (inPath ? "" : names) + "\n";
      sum.add(line.getBytes(UTF_8));
    }
    return sum.hex();
  }

  /** Returns the SHA-256 of a random split of data with the fingerprint {@code sum}. */
  static String ofSplit(String sum, HeldOut how) {
    return Digest.sha256()
        .add("%s held out %s, seed %s".formatted(sum, how.share(), how.seed()).getBytes(UTF_8))
        .hex();
  }

  /** Returns the classes of an image, each after a tab. */
  private static String names(FileSource source, int index) {
    return Arrays.stream(source.labels(index))
        .mapToObj(label -> "\t" + source.classes().get(label))
        .collect(Collectors.joining());
  }
}
