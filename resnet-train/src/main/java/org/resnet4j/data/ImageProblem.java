package org.resnet4j.data;

import java.util.List;

/**
 * A finding about the images of a dataset.
 *
 * @param count number of images or classes concerned
 * @param sentence finding and advice, without the examples
 * @param examples some of the files or classes concerned
 */
public record ImageProblem(
    Kind kind, Severity severity, int count, String sentence, List<String> examples) {

  /** The consequence of a finding. */
  public enum Severity {
    /** A finding that makes training impossible. */
    FATAL,
    /** A finding that probably makes the result worse than it looks, or than it could be. */
    WARNING,
    /** A fact about the images. */
    NOTE
  }

  /** The subject of a finding. */
  public enum Kind {
    /** Files that cannot be read: no images, damaged, incomplete, or of another format. */
    UNREADABLE,
    /** A dataset of one class. */
    ONE_CLASS,
    /** Classes without images for training or the test. */
    MISSING_CLASS,
    /** Classes whose names differ in case or spaces alone. */
    SIMILAR_CLASSES,
    /** Training images that are test images, too, byte for byte. */
    LEAKAGE,
    /** Equal files with different classes or labels. */
    TWO_CLASSES,
    /** Equal files within a class and a split. */
    DUPLICATE,
    /** Classes with many times the images of others. */
    IMBALANCE,
    /** Images of 16 bits a sample. */
    SIXTEEN_BIT,
    /** Images of four inks. */
    CMYK,
    /** Files with the ending of another format. */
    MISNAMED,
    /** Images of different sizes. */
    UNEQUAL_SIZES
  }

  public ImageProblem {
    examples = List.copyOf(examples);
  }

  /** Returns the finding as one line. */
  @Override
  public String toString() {
    return examples.isEmpty() ? sentence : sentence + ": " + String.join(", ", examples);
  }
}
