package org.resnet4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.resnet4j.image.Image;

/** A source of labelled images that are read one at a time; none is kept in memory. Thread-safe. */
public interface ImageSource extends Closeable {
  /** Returns the number of images. */
  int size();

  /** Returns the names of the classes; a label is an index into this list. */
  List<String> classes();

  /**
   * Returns the class of the image at zero-based {@code index}.
   *
   * @throws UnsupportedOperationException when the source {@link #isMultiLabel}
   */
  int label(int index);

  /**
   * Returns whether an image may have several labels, or none. Its classes are then independent of
   * one another.
   */
  default boolean isMultiLabel() {
    return false;
  }

  /** Returns all classes of the image at zero-based {@code index}, in ascending order. */
  default int[] labels(int index) {
    return new int[] {label(index)};
  }

  /**
   * Returns the image at zero-based {@code index}.
   *
   * @throws IOException with file, offset, expected and actual, when it cannot be read
   */
  Image read(int index) throws IOException;

  /**
   * Applies {@code use} to the image at zero-based {@code index} and returns its result. A source
   * that decodes counts the image's memory until {@code use} has returned; {@code use} must read no
   * other image.
   *
   * @throws IOException as {@link #read(int)}
   */
  default <T> T read(int index, Function<Image, T> use) throws IOException {
    return use.apply(read(index));
  }

  /**
   * Returns the name of the image at zero-based {@code index} in messages: its file, if it has one.
   */
  default String name(int index) {
    return "image " + index;
  }

  /** Returns the file that holds the image at zero-based {@code index} alone, if there is one. */
  default Optional<Path> file(int index) {
    return Optional.empty();
  }
}
