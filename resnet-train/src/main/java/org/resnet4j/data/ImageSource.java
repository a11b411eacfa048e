package org.resnet4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.resnet4j.image.Image;

/**
 * Labelled images that are read one at a time; nothing is held in memory. Safe for use by several
 * threads.
 */
public interface ImageSource extends Closeable {
  /** Number of images. */
  int size();

  /** Names of the classes; a label is an index into this list. */
  List<String> classes();

  /** Class of the image at zero-based {@code index}. */
  int label(int index);

  /**
   * The image at zero-based {@code index}.
   *
   * @throws IOException with file, offset, expected and actual, when it cannot be read
   */
  Image read(int index) throws IOException;

  /**
   * What {@code use} makes of the image at zero-based {@code index}. A source that decodes counts
   * the image's memory until {@code use} has returned; it must read no other image.
   *
   * @throws IOException as {@link #read(int)}
   */
  default <T> T read(int index, Function<Image, T> use) throws IOException {
    return use.apply(read(index));
  }

  /** The image at zero-based {@code index} as messages call it: its file, where it has one. */
  default String name(int index) {
    return "image " + index;
  }
}
