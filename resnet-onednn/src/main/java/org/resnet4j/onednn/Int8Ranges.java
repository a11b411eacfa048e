package org.resnet4j.onednn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ranges of the activations that a network computes in 8-bit integers: the largest magnitude
 * that an integer stands for. {@link Int8Calibration} measures them.
 *
 * @param ranges by the vertex that computes the activation, in the order of computation
 */
public record Int8Ranges(Map<String, Float> ranges) {
  /** The smallest range. */
  static final float SMALLEST = 1e-30f;

  private static final float LARGEST = 1e30f;

  /** Checks every number. */
  public Int8Ranges {
    ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
    ranges.forEach(
        (vertex, range) -> {
          if (range == null || !(range >= SMALLEST && range <= LARGEST)) {
            throw new IllegalArgumentException(
                "the range of \"%s\": expected a number from 1e-30 to 1e30 but was %s; calibrate the network again"
                    .formatted(vertex, range));
          }
        });
  }
}
