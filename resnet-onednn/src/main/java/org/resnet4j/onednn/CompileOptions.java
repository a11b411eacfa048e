package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;

/**
 * How a graph is compiled.
 *
 * @param precision number format; training takes {@link Precision#AUTO} for {@link Precision#FP32}
 * @param maximumBatch largest number of images in one call, from 1
 * @param fallBack stock Deeplearning4j runs what the engine cannot, with one line in the log
 * @param quickStart inference goes without what Java must compile first
 * @param profile where the time of every primitive is added up, or null
 */
public record CompileOptions(
    Precision precision,
    int maximumBatch,
    boolean fallBack,
    boolean quickStart,
    @Nullable Profile profile) {

  /** Checks the range. */
  public CompileOptions {
    if (maximumBatch < 1) {
      throw new IllegalArgumentException(
          "maximumBatch: expected 1 or more but was " + maximumBatch);
    }
  }

  /** {@link Precision#AUTO}, up to 1,024 images a call. */
  public static CompileOptions inference() {
    return new CompileOptions(Precision.AUTO, 1024, false, false, null);
  }

  /** {@link Precision#FP32}, up to 65,536 images a step as far as memory allows. */
  public static CompileOptions training() {
    return new CompileOptions(Precision.FP32, 1 << 16, false, false, null);
  }

  public CompileOptions precision(Precision value) {
    return new CompileOptions(value, maximumBatch, fallBack, quickStart, profile);
  }

  public CompileOptions maximumBatch(int value) {
    return new CompileOptions(precision, value, fallBack, quickStart, profile);
  }

  /**
   * What the engine cannot run here runs on stock Deeplearning4j, whole and in single precision,
   * with one line in the log that says why.
   */
  public CompileOptions orFallBack() {
    return new CompileOptions(precision, maximumBatch, true, quickStart, profile);
  }

  /**
   * For a few images: the first calls do not wait for Java to compile transformations (about a
   * second), all later ones take up to a fifth longer.
   */
  public CompileOptions forFewImages() {
    return new CompileOptions(precision, maximumBatch, fallBack, true, profile);
  }

  /** Adds up the time of every primitive in {@code value}. */
  public CompileOptions profile(Profile value) {
    return new CompileOptions(precision, maximumBatch, fallBack, quickStart, value);
  }
}
