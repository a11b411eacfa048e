package org.resnet4j.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.resnet4j.image.DataFormatException;

/**
 * Opens a pair of IDX files, the format of MNIST and Fashion-MNIST (yann.lecun.com/exdb/mnist),
 * plain or compressed with gzip.
 *
 * <p>A plain image file is read on demand. A compressed one is unpacked to a temporary file,
 * limited to the length in its header and deleted when the source is closed. Labels are held in
 * memory.
 */
public final class Idx {
  private Idx() {}

  /**
   * Returns the images of one file with the labels of another.
   *
   * @param classes the names of labels 0, 1, …
   * @throws DataFormatException when a file differs from its header
   */
  public static ImageSource open(Path images, Path labels, List<String> classes)
      throws IOException {
    try (InputStream imageBytes = Files.newInputStream(images);
        InputStream labelBytes = Files.newInputStream(labels)) {
      StoredBytes stored =
          Gzip.isGzip(imageBytes.readNBytes(2))
              ? spooled(images)
              : checked(StoredBytes.open(images));
      return source(stored, labels.toString(), labelBytes, classes);
    }
  }

  /**
   * Returns the images and labels of two streams, which are read but not closed.
   *
   * @param where name of the dataset in messages
   */
  public static ImageSource open(
      String where, InputStream images, InputStream labels, List<String> classes)
      throws IOException {
    return source(spooled(where + " images", images), where + " labels", labels, classes);
  }

  private static StoredBytes spooled(Path images) throws IOException {
    try (InputStream in = Files.newInputStream(images)) {
      return spooled(images.toString(), in);
    }
  }

  private static StoredBytes spooled(String where, InputStream images) throws IOException {
    InputStream in = Gzip.unpacked(where, images);
    byte[] head = in.readNBytes(IdxHeader.IMAGE_BYTES);
    return StoredBytes.spool(where, head, in, IdxHeader.ofImages(where, head).bodyLength());
  }

  private static StoredBytes checked(StoredBytes images) throws IOException {
    try {
      IdxHeader header = IdxHeader.ofImages(images);
      images.requireLength(IdxHeader.IMAGE_BYTES + header.bodyLength());
      return images;
    } catch (Throwable e) {
      images.close();
      throw e;
    }
  }

  private static ImageSource source(
      StoredBytes images, String where, InputStream labels, List<String> classes)
      throws IOException {
    try {
      IdxHeader header = IdxHeader.ofImages(images);
      byte[] values = labels(where, Gzip.unpacked(where, labels), images.where(), header.count());
      for (int i = 0; i < values.length; i++) {
        Labels.require(where, IdxHeader.LABEL_BYTES + (long) i, values[i] & 0xff, classes);
      }
      return new IdxSource(images, header, new Labels(values, classes));
    } catch (Throwable e) {
      images.close();
      throw e;
    }
  }

  /** Reads the labels; the number of images, already read, bounds what is allocated. */
  private static byte[] labels(String where, InputStream in, String images, int count)
      throws IOException {
    int claimed = IdxHeader.labelCount(where, in.readNBytes(IdxHeader.LABEL_BYTES));
    if (claimed != count) {
      throw DataFormatException.at(
          where,
          4,
          "expected %s labels, one for each image of %s, but was %s"
              .formatted(count, images, claimed),
          "give the two files of one dataset");
    }
    byte[] values = in.readNBytes(count);
    if (values.length < count) {
      throw StoredBytes.tooShort(
          where,
          IdxHeader.LABEL_BYTES + (long) count,
          IdxHeader.LABEL_BYTES + (long) values.length);
    }
    if (in.read() >= 0) {
      throw StoredBytes.tooLong(where, IdxHeader.LABEL_BYTES + (long) count);
    }
    return values;
  }
}
