package org.resnet4j.data;

import java.util.List;
import org.resnet4j.image.DataFormatException;

/** The classes of images, one unsigned byte each, with their names. */
record Labels(byte[] values, List<String> classes) {
  Labels {
    classes = List.copyOf(classes);
  }

  int size() {
    return values.length;
  }

  int at(int index) {
    return values[index] & 0xff;
  }

  /**
   * Refuses a label without a name in {@code classes}; {@code offset} is its position in the file.
   */
  static void require(String where, long offset, int label, List<String> classes)
      throws DataFormatException {
    if (label >= classes.size()) {
      throw DataFormatException.at(
          where,
          offset,
          "expected a label below %s but was %s".formatted(classes.size(), label),
          "name every class of the dataset, or fetch the file again");
    }
  }
}
