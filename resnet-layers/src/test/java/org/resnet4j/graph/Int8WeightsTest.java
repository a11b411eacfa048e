package org.resnet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Int8WeightsTest {
  /** 32,767 is the largest sum in 16 bits, and 255 the largest activation. */
  @Test
  void productsOfNeighbouringChannelsFitIn16Bits() {
    int outputs = 64;
    int inputs = 6;
    int pixels = 9;
    float[] weights = random(outputs * inputs * pixels);

    Int8Weights rounded = Int8Weights.of(weights, outputs, inputs);

    for (int out = 0; out < outputs; out++) {
      for (int channel = 0; channel < inputs; channel += 2) {
        for (int pixel = 0; pixel < pixels; pixel++) {
          int first = (out * inputs + channel) * pixels + pixel;
          int positive =
              Math.max(rounded.values()[first], 0) + Math.max(rounded.values()[first + pixels], 0);
          int negative =
              Math.min(rounded.values()[first], 0) + Math.min(rounded.values()[first + pixels], 0);
          assertThat(255 * positive).isLessThanOrEqualTo(Short.MAX_VALUE);
          assertThat(255 * negative).isGreaterThanOrEqualTo(Short.MIN_VALUE);
        }
      }
    }
  }

  /** Half a scale by rounding; a whole one more where the sum of a pair would not fit. */
  @Test
  void weightsAreRoundedToTheNearestInteger() {
    float[] weights = random(32 * 5 * 9);

    Int8Weights rounded = Int8Weights.of(weights, 32, 5);

    int shrunk = 0;
    for (int i = 0; i < weights.length; i++) {
      float scale = rounded.scales()[i / 45];
      float error = Math.abs(weights[i] - rounded.values()[i] * scale);
      assertThat(error).isLessThanOrEqualTo(1.51f * scale);
      shrunk += error > 0.501f * scale ? 1 : 0;
    }
    assertThat(shrunk).isLessThanOrEqualTo(32);
  }

  @Test
  void zerosAndTinyWeightsAreZeros() {
    Int8Weights rounded = Int8Weights.of(new float[] {0, 0, Float.MIN_VALUE, 0, 1, -1}, 3, 2);

    assertThat(rounded.values()).containsExactly(0, 0, 0, 0, 127, -127);
    assertThat(rounded.scales()).containsExactly(1, 1, 1 / 127f);
  }

  /** The products' scales are 0.5 and 2; 3.3 is 6.6 of the first, 3 is 1.5 of the second. */
  @Test
  void biasIsRoundedToWholeProducts() {
    assertThat(Int8Weights.bias(new float[] {3.3f, 3}, new float[] {0.5f, 2}))
        .containsExactly(3.5f, 4);
  }

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return values;
  }
}
