package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitMixTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 42, -1, Long.MIN_VALUE})
  void numbersEqualThoseOfSplittableRandom(long seed) {
    SplittableRandom java = new SplittableRandom(seed);
    for (int position = 0; position < 5; position++) {
      assertThat(SplitMix.at(seed, position)).isEqualTo(java.nextLong());
    }
  }
}
