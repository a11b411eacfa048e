package org.resnet4j.onednn.ir;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of a batch normalisation.
 *
 * @param gamma null for ones
 * @param beta null for zeros
 * @param logDeviation whether {@code variance} holds log10 of the std
 */
public record Norm(
    @Nullable Parameter gamma,
    @Nullable Parameter beta,
    Parameter mean,
    Parameter variance,
    boolean logDeviation,
    double epsilon) {
  /** Checks that there is one number of each kind for each of {@code channels}. */
  public void check(String layer, long channels) {
    for (Parameter parameter : new @Nullable Parameter[] {gamma, beta, mean, variance}) {
      Shapes.count(layer, "a batch normalisation's parameter", parameter, channels);
    }
  }
}
