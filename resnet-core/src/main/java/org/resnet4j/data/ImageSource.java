package org.resnet4j.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Labelled pictures that are read one at a time; nothing is held in memory. Safe for use by several
 * threads.
 */
public interface ImageSource extends Closeable {
  /** Number of pictures. */
  int size();

  /** Names of the classes; a label is an index into this list. */
  List<String> classes();

  /** Class of the picture at zero-based {@code index}. */
  int label(int index);

  /**
   * The picture at zero-based {@code index}.
   *
   * @throws IOException with file, offset, expected and actual, when it cannot be read
   */
  Image read(int index) throws IOException;
}
