package org.resnet4j.onednn;

/**
 * A histogram of magnitudes. Its range is the smallest power of two beyond the largest, so that
 * parts of the data in any order add up to the same bins.
 */
final class RangeHistogram {
  private static final int BINS = 4096;

  /** The number of ranges that are compared. */
  private static final int CANDIDATES = 256;

  /** The smallest candidate, as a share of the largest magnitude. */
  private static final double SMALLEST_SHARE = 0.1;

  private final long[] counts = new long[BINS];
  private double range;
  private float largest;

  /** Returns the histogram of the magnitudes of {@code values}, which are finite. */
  static RangeHistogram of(float... values) {
    RangeHistogram histogram = new RangeHistogram();
    for (float value : values) {
      float magnitude = Math.abs(value);
      if (magnitude > 0) {
        histogram.widen(magnitude);
        histogram.counts[(int) (magnitude / histogram.range * BINS)]++;
      }
    }
    return histogram;
  }

  /** Adds what {@code other} has counted, and widens its bins to those of this histogram. */
  void add(RangeHistogram other) {
    if (other.largest == 0) {
      return;
    }
    widen(other.largest);
    other.widen(largest);
    for (int bin = 0; bin < BINS; bin++) {
      counts[bin] += other.counts[bin];
    }
  }

  /** Makes room for {@code magnitude}. */
  private void widen(float magnitude) {
    largest = Math.max(largest, magnitude);
    if (range == 0) {
      // A power of two, so that bins are the same whichever images come first.
      range = Math.scalb(1.0, Math.getExponent(magnitude) + 1);
      return;
    }
    while (magnitude >= range) {
      for (int bin = 0; bin < BINS; bin++) {
        counts[bin] = 2 * bin < BINS ? counts[2 * bin] + counts[2 * bin + 1] : 0;
      }
      range *= 2;
    }
  }

  /**
   * Returns the range with the least mean squared error of integers up to {@code integers}, by
   * rounding within it and by clipping beyond.
   */
  double leastSquaredError(int integers) {
    double best = largest;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
      double candidate = largest * (SMALLEST_SHARE + (1 - SMALLEST_SHARE) * (i + 1) / CANDIDATES);
      double error = squaredError(candidate, candidate / integers);
      if (error < least) {
        least = error;
        best = candidate;
      }
    }
    return best;
  }

  private double squaredError(double candidate, double scale) {
    double width = range / BINS;
    double sum = 0;
    for (int bin = 0; bin < BINS; bin++) {
      if (counts[bin] > 0) {
        double middle = (bin + 0.5) * width;
        double beyond = middle - candidate;
        // Rounding errors are uniform in a step, unless bins are coarser than steps.
        double error = beyond > 0 ? beyond * beyond : scale * scale / 12;
        sum += counts[bin] * error;
      }
    }
    return sum;
  }
}
