package org.resnet4j.data.sets;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.fetch.Download;

/**
 * The description of one dataset; {@link Datasets} holds the known ones.
 *
 * @param name lower case, as on the command line
 * @param title as in running text
 * @param shape of every image, or null if images differ
 * @param classes the names of labels 0, 1, …; empty if the files give them
 * @param stats statistics that training normalises with
 * @param folder that the official archive unpacks to, or empty
 * @param downloads at the official addresses; empty if there are none
 * @param licence terms of use given by its authors
 * @param source its authors, and where they publish it
 */
public record DatasetSpec(
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

  public DatasetSpec {
    classes = List.copyOf(classes);
    downloads = List.copyOf(downloads);
  }

  public Part part(Split split) {
    return split == Split.TRAIN ? train : test;
  }

  /** Returns whether it is the user's own image files. */
  boolean isOfFiles() {
    return format == Format.FOLDER || format == Format.LIST;
  }

  /** Returns the files of both splits. */
  Stream<DataFile> files() {
    return Stream.concat(train.files().stream(), test.files().stream());
  }

  /** The layout of the bytes in the files. */
  public enum Format {
    /** A file of images and one of labels, as in MNIST. */
    IDX,
    /** Records of a label, then pixels. */
    CIFAR10,
    /** Records of a coarse label, a fine label, then pixels. */
    CIFAR100,
    /** A folder for each class. */
    FOLDER,
    /** A list of files and labels. */
    LIST
  }

  /**
   * A split of a dataset.
   *
   * @param images in the official files, or 0 if there are none
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
