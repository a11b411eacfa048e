package org.resnet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NonFiniteBufferTest {
  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void everyPositionIsFound(float value) {
    for (int at : new int[] {0, 1, 4095, 4096, 9998}) {
      float[] values = new float[9999];
      values[0] = Float.MAX_VALUE;
      values[at] = value;
      values[9998] = value;
      FloatBuffer buffer = FloatBuffer.allocate(10_000).put(5, values, 0, 9995).position(5);
      assertThat(NonFinite.first(FloatBuffer.wrap(values))).isEqualTo(at);
      assertThat(NonFinite.first(buffer)).isEqualTo(at < 9995 ? at : -1);
    }
  }

  @Test
  void finiteAndEmptyBuffersHaveNone() {
    float[] values = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, -0f};
    assertThat(NonFinite.first(FloatBuffer.wrap(values))).isEqualTo(-1);
    assertThat(NonFinite.first(FloatBuffer.allocate(0))).isEqualTo(-1);
  }
}
