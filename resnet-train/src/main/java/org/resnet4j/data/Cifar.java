package org.resnet4j.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;

/**
 * The binary formats of CIFAR (cs.toronto.edu/~kriz/cifar.html): records of labels and 3×32×32
 * pixels, in one or several files. Labels are held in memory, pixels are read from the file on
 * demand.
 *
 * <pre>{@code
 * ImageSource test = Cifar.CIFAR10.open(List.of(folder.resolve("test_batch.bin")), classes);
 * }</pre>
 */
public enum Cifar {
  /** Records with one label: 10 classes. */
  CIFAR10(1, 0),
  /** Records with two labels, of which the second counts: 100 classes. */
  CIFAR100(2, 1),
  /** Records with two labels, of which the first counts: 20 superclasses. */
  CIFAR100_COARSE(2, 0);

  private static final Shape SHAPE = new Shape(3, 32, 32);

  private final int labelBytes;
  private final int labelAt;

  Cifar(int labelBytes, int labelAt) {
    this.labelBytes = labelBytes;
    this.labelAt = labelAt;
  }

  /**
   * Returns the images of all {@code files}, one file after the other.
   *
   * @param classes the names of labels 0, 1, …
   * @throws DataFormatException when a file is not a whole number of records, or a label has no
   *     name
   */
  public ImageSource open(List<Path> files, List<String> classes) throws IOException {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("CIFAR: expected at least one file but there were none");
    }
    List<StoredBytes> opened = new ArrayList<>();
    try {
      int[] ends = new int[files.size()];
      int records = 0;
      for (int i = 0; i < ends.length; i++) {
        opened.add(StoredBytes.open(files.get(i)));
        records = Math.addExact(records, recordCount(opened.get(i)));
        ends[i] = records;
      }
      return new CifarSource(
          SHAPE, labelBytes, List.copyOf(opened), ends, labels(opened, ends, classes));
    } catch (Throwable e) {
      for (StoredBytes file : opened) {
        file.close();
      }
      throw e;
    }
  }

  private int recordLength() {
    return labelBytes + Math.toIntExact(SHAPE.size());
  }

  private int recordCount(StoredBytes file) throws IOException {
    long length = file.channel().size();
    long count = length / recordLength();
    if (count == 0 || count > Integer.MAX_VALUE || length % recordLength() != 0) {
      throw DataFormatException.at(
          file.where(),
          count * recordLength(),
          "expected whole records of %s bytes but the file ends after %s of them"
              .formatted(recordLength(), length % recordLength()),
          "fetch the file again, or name the format it has");
    }
    return (int) count;
  }

  private Labels labels(List<StoredBytes> files, int[] ends, List<String> classes)
      throws IOException {
    byte[] values = new byte[ends[ends.length - 1]];
    int record = 0;
    for (int i = 0; i < ends.length; i++) {
      int start = record;
      for (; record < ends[i]; record++) {
        long offset = (long) (record - start) * recordLength() + labelAt;
        values[record] = files.get(i).read(offset, 1)[0];
        Labels.require(files.get(i).where(), offset, values[record] & 0xff, classes);
      }
    }
    return new Labels(values, classes);
  }
}
