package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.resnet4j.onednn.exec.InstructionSets.ARM64;
import static org.resnet4j.onednn.exec.InstructionSets.X86_64;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The setting {@code RESNET4J_MAX_ISA} limits the instruction set. Names and their order are
 * oneDNN's.
 */
class CpuFeaturesTest {
  private static String capped(Map<String, String> environment) {
    return X86_64.name(CpuFeatures.cap(X86_64, environment));
  }

  @ParameterizedTest
  @CsvSource({
    "sse41, sse41",
    "AVX2, avx2",
    "avx2_vnni, avx2_vnni",
    "' avx512_core ', avx512_core",
    "avx512_core_bf16, avx512_core_bf16",
    "avx512, avx512_core_fp16",
    "avx10_1_512, avx512_core_fp16",
    "amx, avx10_2_512_amx_2",
    "'', avx10_2_512_amx_2"
  })
  void settingSelectsTheInstructionSet(String setting, String set) {
    assertThat(capped(Map.of(CpuFeatures.SETTING, setting))).isEqualTo(set);
  }

  @ParameterizedTest
  @CsvSource({
    "avx512, AVX2, avx2",
    "avx2, AVX512_CORE_AMX, avx2",
    // The two sets are not comparable, so the intersection applies.
    "avx2_vnni, avx512_core, avx2",
    "avx512, ALL, avx512_core_fp16",
    "sse41, nonsense, sse41"
  })
  void lowerOfTheSettingAndTheVariableOfOneDnnApplies(String setting, String oneDnns, String set) {
    assertThat(capped(Map.of(CpuFeatures.SETTING, setting, "ONEDNN_MAX_CPU_ISA", oneDnns)))
        .isEqualTo(set);
    assertThat(capped(Map.of(CpuFeatures.SETTING, setting, "DNNL_MAX_CPU_ISA", oneDnns)))
        .isEqualTo(set);
  }

  @Test
  void unknownInstructionSetIsRefusedWithTheKnownNames() {
    assertThatThrownBy(() -> CpuFeatures.cap(X86_64, Map.of(CpuFeatures.SETTING, "avx3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "RESNET4J_MAX_ISA: expected avx512, amx or one of sse41, avx, avx2, avx2_vnni,"
                + " avx2_vnni_2, avx512_core, avx512_core_vnni, avx512_core_bf16,"
                + " avx512_core_fp16, avx512_core_amx, avx512_core_amx_fp16, avx10_2_512,"
                + " avx10_2_512_amx_2 but was \"avx3\"");
  }

  /** The numbers are those of oneDNN, which uses the same bits for x86-64 and ARM64. */
  @ParameterizedTest
  @CsvSource({
    "X86_64, 0, generic, 4",
    "X86_64, 1, sse41, 4",
    "X86_64, 3, avx, 4",
    "X86_64, 7, avx2, 8",
    "X86_64, 39, avx512_core, 16",
    "X86_64, 4079, avx512_core_amx, 16",
    "ARM64, 0, generic, 4",
    "ARM64, 1, asimd, 4",
    "ARM64, 3, sve_128, 4",
    "ARM64, 7, sve_256, 8",
    "ARM64, 39, sve_512, 16"
  })
  void oneDnnsNumberIsReadForTheKindOfProcessor(
      InstructionSets known, int number, String name, int floats) {
    assertThat(known.name(number)).isEqualTo(name);
    assertThat(known.floats(number)).isEqualTo(floats);
  }

  @Test
  void limitIsRefusedOnArm64() {
    assertThatThrownBy(() -> CpuFeatures.cap(ARM64, Map.of(CpuFeatures.SETTING, "sve_256")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "RESNET4J_MAX_ISA: expected no value, because oneDNN limits the instruction set on"
                + " x86-64 only, but was \"sve_256\"");
  }

  /** The capital of the Turkish letter i has a dot, so that upper-casing differs. */
  @Test
  void namesAreReadTheSameInATurkishLocale() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(capped(Map.of(CpuFeatures.SETTING, "AVX2_VNNI"))).isEqualTo("avx2_vnni");
    } finally {
      Locale.setDefault(before);
    }
  }
}
