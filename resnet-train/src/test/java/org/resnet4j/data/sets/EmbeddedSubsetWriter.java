package org.resnet4j.data.sets;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the Fashion-MNIST subset in the jar from a folder with the four official files; it needs
 * only a JDK:
 *
 * <pre>{@code
 * java resnet-core/src/test/java/org/resnet4j/data/sets/EmbeddedSubsetWriter.java \
 *   /usr/share/datasets/fashion-mnist \
 *   resnet-demo-data/src/main/resources/org/resnet4j/demo/fashion-mnist
 * }</pre>
 */
final class EmbeddedSubsetWriter {
  static final int CLASSES = 10;
  static final int PER_CLASS = 3_000;

  private static final int IMAGE_HEADER = 16;
  private static final int LABEL_HEADER = 8;
  private static final int PIXELS = 28 * 28;

  private EmbeddedSubsetWriter() {}

  public static void main(String[] folders) throws IOException {
    Path from = Path.of(folders[0]);
    Path to = Path.of(folders[1]);
    Pair part = firstOfEachClass(Pair.read(from, "train"));
    part.write(to, "train");
    Pair.read(from, "t10k").write(to, "t10k");
  }

  /** Returns the first {@link #PER_CLASS} images of each class, in the order of the file. */
  static Pair firstOfEachClass(Pair all) {
    ByteBuffer images = ByteBuffer.allocate(IMAGE_HEADER + CLASSES * PER_CLASS * PIXELS);
    ByteBuffer labels = ByteBuffer.allocate(LABEL_HEADER + CLASSES * PER_CLASS);
    images.put(all.images, 0, IMAGE_HEADER).putInt(4, CLASSES * PER_CLASS);
    labels.put(all.labels, 0, LABEL_HEADER).putInt(4, CLASSES * PER_CLASS);
    int[] taken = new int[CLASSES];
    for (int i = 0; i < all.labels.length - LABEL_HEADER; i++) {
      byte label = all.labels[LABEL_HEADER + i];
      if (taken[label]++ < PER_CLASS) {
        images.put(all.images, IMAGE_HEADER + i * PIXELS, PIXELS);
        labels.put(label);
      }
    }
    return new Pair(images.array(), labels.array());
  }

  /** A pair of an image file and its label file, headers included. */
  record Pair(byte[] images, byte[] labels) {
    static Pair read(Path folder, String prefix) throws IOException {
      return new Pair(
          unpacked(folder.resolve(prefix + "-images-idx3-ubyte.gz")),
          unpacked(folder.resolve(prefix + "-labels-idx1-ubyte.gz")));
    }

    void write(Path folder, String prefix) throws IOException {
      Files.createDirectories(folder);
      Files.write(folder.resolve(prefix + "-images-idx3-ubyte.gz"), packed(images));
      Files.write(folder.resolve(prefix + "-labels-idx1-ubyte.gz"), packed(labels));
    }

    private static byte[] unpacked(Path file) throws IOException {
      try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        return in.readAllBytes();
      }
    }
  }

  /** Returns gzip without name and time in its header, so that equal bytes give equal files. */
  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new SmallestGzip(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static final class SmallestGzip extends GZIPOutputStream {
    SmallestGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
