package org.resnet4j.benchmarks.baselines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.resnet4j.onednn.Precision;

class AgreementTest {
  private static final float[] LOGITS = {1, 2, 3, -4, 0, 4};

  @Test
  void logProbabilitiesAgreeWithLogits() {
    float[] shifted = {-7, -6, -5, -9, -5, -1};
    assertThat(Agreement.error(LOGITS, shifted, 3)).isZero();
  }

  @Test
  void outputsOfAnotherNetworkAreRefused() {
    float[] other = {1, 2, 3.1f, -4, 0, 4};
    assertThatThrownBy(() -> Agreement.check(LOGITS, other, 3, Precision.FP32))
        .hasMessageContaining("expected those of stock Deeplearning4j within 1e-03");
    assertThatCode(() -> Agreement.check(LOGITS, other, 3, Precision.BF16))
        .doesNotThrowAnyException();
  }

  @Test
  void nanOutputsAreRefused() {
    float[] other = {1, 2, 3, -4, 0, Float.NaN};
    assertThatThrownBy(() -> Agreement.check(LOGITS, other, 3, Precision.BF16))
        .hasMessageContaining("NaN");
  }
}
