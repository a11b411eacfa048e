package org.resnet4j.data.sets;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.fetch.Download;

/**
 * One data set as a row of data; {@link Datasets} holds the known ones.
 *
 * @param name lower case, as on the command line
 * @param title as in a sentence
 * @param shape of every image, or null where images differ
 * @param classes names of labels 0, 1, …; empty where the files say
 * @param stats what training normalises with
 * @param folder that the official archive unpacks to, or empty
 * @param downloads at the official addresses; empty where there are none
 * @param licence what its authors say about use
 * @param source who made it, and where that is said
 */
public record DatasetRow(
    String name,
    String title,
    Format format,
    @Nullable Shape shape,
    List<String> classes,
    ChannelStats stats,
    Part train,
    Part test,
    String folder,
    List<Download> downloads,
    String licence,
    String source) {

  public DatasetRow {
    classes = List.copyOf(classes);
    downloads = List.copyOf(downloads);
  }

  public Part part(Split split) {
    return split == Split.TRAIN ? train : test;
  }

  /** Of both parts. */
  Stream<DataFile> files() {
    return Stream.concat(train.files().stream(), test.files().stream());
  }

  /** How the bytes lie in the files. */
  public enum Format {
    /** A file of images and one of labels, as MNIST. */
    IDX,
    /** Label, then pixels. */
    CIFAR10,
    /** Coarse label, fine label, then pixels. */
    CIFAR100,
    /** A folder a class. */
    FOLDER
  }

  /**
   * Half of a data set.
   *
   * @param images in the official files, or 0 where there are none
   */
  public record Part(int images, List<DataFile> files) {
    public Part {
      files = List.copyOf(files);
    }
  }

  /**
   * A file that images are read from.
   *
   * @param name without {@code .gz}
   * @param bytes uncompressed
   */
  public record DataFile(String name, long bytes) {}
}
