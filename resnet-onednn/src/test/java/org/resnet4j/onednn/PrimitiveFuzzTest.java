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

/** Random shapes under smaller instruction sets than this CPU's: no crash, no other numbers. */
@EnabledOnOs(architectures = {"amd64", "x86_64"})
@DisabledIfEnvironmentVariable(
    named = "RESNET4J_MAX_ISA",
    matches = ".+",
    disabledReason = "limits the instruction set itself")
class PrimitiveFuzzTest {
  /** Every x86-64 processor that oneDNN knows has it. */
  @Test
  void theSmallestInstructionSetComputesTheSame() throws Exception {
    assertFuzzed(40, "sse41");
  }

  /** {@code -Dfuzz.cases=7000} for so many of each set, {@code -Dfuzz.seed=2} for others. */
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
  void noShapeCrashesOrDiffers(String instructionSet) throws Exception {
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
