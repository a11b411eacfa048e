package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

/** Counts of floats beyond 31 bits are computed or refused by a sentence. */
class MemoryTest {
  /** Slices of 6,000 floats stand for those of 1 GiB. */
  @Test
  void notANumberIsFoundInEverySlice() {
    int count = 20_003;
    float[] values = new float[count];
    try (FloatPointer memory = new FloatPointer(count)) {
      for (int at : new int[] {0, 5_999, 6_000, 11_999, 12_000, 18_000, count - 1}) {
        values[at] = Float.NaN;
        memory.put(values);
        assertThat(Memory.areFinite(memory.address(), count, 6_000)).as("at " + at).isFalse();
        values[at] = 0;
      }
      memory.put(values);
      assertThat(Memory.areFinite(memory.address(), count, 6_000)).isTrue();
      values[7] = Float.NEGATIVE_INFINITY;
      memory.put(values);
      assertThat(Memory.areFinite(memory.address() + 8 * Float.BYTES, count - 8, 6_000)).isTrue();
    }
  }

  @Test
  void moreFloatsThanAJavaArrayHoldsAreRefusedBeforeTheyAreRead() {
    assertThatThrownBy(() -> Memory.read(0, 1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected at most 2,147,483,639 floats in one Java array but there are 2,147,483,648;"
                + " use a smaller layer, fewer or smaller images");
    assertThat(Memory.length(Integer.MAX_VALUE - 8)).isEqualTo(2_147_483_639);
  }
}
