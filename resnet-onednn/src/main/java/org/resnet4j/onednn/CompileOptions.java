package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;

/**
 * The options for compiling a graph.
 *
 * @param precision number format; training takes {@link Precision#AUTO} for {@link Precision#FP32}
 * @param maximumBatch largest number of images in one call, at least 1
 * @param fallBack whether stock Deeplearning4j runs what the engine cannot, with one line in the
 *     log
 * @param profile collects the time of every primitive; null for none
 * @param int8 ranges of activations for {@link Precision#INT8}; null for none
 * @param shared whether an inference reads the graph's parameters instead of a copy
 */
public record CompileOptions(
    Precision precision,
    int maximumBatch,
    boolean fallBack,
    @Nullable Profile profile,
    @Nullable Int8Ranges int8,
    boolean shared) {

  /** Checks the range of {@code maximumBatch}. */
  public CompileOptions {
    if (maximumBatch < 1) {
      throw new IllegalArgumentException(
          "maximumBatch: expected 1 or more but was " + maximumBatch);
    }
    if (precision == Precision.INT8 && int8 == null) {
      throw new IllegalArgumentException(
          "precision INT8: expected ranges of activations from a calibration but there are none; take a quantized model, or another precision");
    }
  }

  /** Returns options for inference: {@link Precision#AUTO}, up to 1,024 images a call. */
  public static CompileOptions inference() {
    return new CompileOptions(Precision.AUTO, 1024, false, null, null, false);
  }

  /**
   * Returns options for training: {@link Precision#FP32}, up to 65,536 images a step if memory
   * suffices.
   */
  public static CompileOptions training() {
    return new CompileOptions(Precision.FP32, 1 << 16, false, null, null, false);
  }

  public CompileOptions precision(Precision value) {
    return new CompileOptions(value, maximumBatch, fallBack, profile, int8, shared);
  }

  public CompileOptions maximumBatch(int value) {
    return new CompileOptions(precision, value, fallBack, profile, int8, shared);
  }

  /**
   * Returns these options with a fallback: a graph that the engine cannot run here runs on stock
   * Deeplearning4j, whole and in single precision. So does every graph on a CPU for which oneDNN
   * has only reference kernels ({@link EngineEnvironment#stockPreferredBecause}). One line in the
   * log says why.
   */
  public CompileOptions orFallBack() {
    return new CompileOptions(precision, maximumBatch, true, profile, int8, shared);
  }

  /** Returns these options with a profile that collects the time of every primitive. */
  public CompileOptions profile(Profile value) {
    return new CompileOptions(precision, maximumBatch, fallBack, value, int8, shared);
  }

  /** Returns these options with ranges of activations, in which the precision may be INT8. */
  public CompileOptions int8(Int8Ranges value) {
    return new CompileOptions(precision, maximumBatch, fallBack, profile, value, shared);
  }

  /**
   * Returns these options without a copy of the parameters, for less memory and a faster start. An
   * inference then reads the graph's own, which must not change: what needs them after a change is
   * refused. Training always shares them.
   */
  public CompileOptions sharingParameters() {
    return new CompileOptions(precision, maximumBatch, fallBack, profile, int8, true);
  }
}
