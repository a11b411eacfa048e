package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class NormTest {
  /** Rounding errors of 4,096 additions in single precision: 64 × 2⁻²⁴, a norm has half of it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4095, 4096, 4097, 10_000_000})
  void normEqualsASumInDoublePrecision(int length) {
    Nd4j.getRandom().setSeed(1);
    INDArray values = Nd4j.randn(DataType.FLOAT, length + 3).muli(0.01);
    double squares = 0;
    for (int i = 3; i < length + 3; i++) {
      double value = values.data().getFloat(i);
      squares += value * value;
    }
    double norm = Math.sqrt(squares);
    assertThat(Norm.of(values.get(NDArrayIndex.interval(3, length + 3))))
        .isCloseTo(norm, within(4e-6 * norm));
  }
}
