package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The histogram of the magnitudes of an activation. */
class RangeHistogramTest {
  /** The bins are exact for powers of two, so the order of the parts does not matter. */
  @Test
  void partsOfAHistogramAddUpToTheWhole() {
    float[] values = {0.1f, -0.2f, 3f, 0f, 1000f, -0.001f, 2f};
    RangeHistogram parts = RangeHistogram.of(values[4], values[5], values[6]);
    parts.add(RangeHistogram.of(0f));
    parts.add(RangeHistogram.of(values[0], values[1], values[2], values[3]));

    assertThat(parts).usingRecursiveComparison().isEqualTo(RangeHistogram.of(values));
  }
}
