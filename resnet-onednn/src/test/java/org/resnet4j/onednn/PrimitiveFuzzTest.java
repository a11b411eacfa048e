package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onednn.exec.Native;

/**
 * Random shapes under smaller instruction sets than this CPU's neither crash nor give other
 * results.
 */
@EnabledOnOs(architectures = {"amd64", "x86_64"})
@DisabledIfEnvironmentVariable(
    named = "RESNET4J_MAX_ISA",
    matches = ".+",
    disabledReason = "limits the instruction set itself")
class PrimitiveFuzzTest {
  /** Every x86-64 processor that oneDNN supports has SSE4.1. */
  @Test
  void randomShapesUnderSse41EqualStockDeeplearning4j() throws Exception {
    assertFuzzed(40, "sse41");
  }

  /**
   * The option {@code -Dfuzz.cases=7000} sets the number of cases for each instruction set, {@code
   * -Dfuzz.seed=2} chooses others.
   */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sse41",
        "avx",
        "avx2",
        "avx2_vnni",
        "avx512_core",
        "avx512_core_bf16",
        "avx512_core_amx"
      })
  void randomShapesUnderAnInstructionSetEqualStockDeeplearning4j(String instructionSet)
      throws Exception {
    assertFuzzed(Integer.getInteger("fuzz.cases", 1000), instructionSet);
  }

  private static void assertFuzzed(int cases, String instructionSet)
      throws IOException, InterruptedException {
    PrimitiveFuzz.Result result =
        PrimitiveFuzz.run(Long.getLong("fuzz.seed", 1), 0, cases, instructionSet, Native.threads());
    assertThat(result.findings()).isEmpty();
    assertThat(result.refused()).isLessThan(cases / 8);
  }
}
