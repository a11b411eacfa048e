package org.resnet4j.benchmarks.files;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchScriptFileTest {
  /** The expected bits are those of {@code torch.tensor(x).bfloat16()}. */
  @ParameterizedTest
  @CsvSource({"1, 3f80", "-2, c000", "0.1, 3dcd", "1.00390625, 3f80", "1.01171875, 3f82", "0, 0"})
  void floatsRoundToTheNearestEvenBfloat16(float value, String bits) {
    assertThat(TorchScriptFile.bf16(value)).isEqualTo((short) Integer.parseInt(bits, 16));
  }
}
