package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SquaredNormTest {
  /** The lengths are around those of a chunk and of one thread's part. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4096, 4097, 262_143, 262_144, 262_145, 1_000_003})
  void sumOfTheSquaresOfACountEqualsTheClosedForm(int length) {
    INDArray values = Nd4j.arange(1, length + 1).divi(1024);
    double n = length;
    double expected = n * (n + 1) * (2 * n + 1) / 6 / (1024.0 * 1024);
    // 24 bits of a float round no count below 2^24, and a power of two divides exactly; sixteen
    // additions in single precision round by 2^-24 each.
    assertThat(SquaredNorm.of(values)).isCloseTo(expected, within(1e-6 * expected));
  }

  @org.junit.jupiter.api.Test
  void equalArraysGiveEqualBits() {
    INDArray values = Nd4j.randn(1, 2_000_000);
    assertThat(SquaredNorm.of(values)).isEqualTo(SquaredNorm.of(values.dup()));
  }
}
