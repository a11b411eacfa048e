package org.resnet4j.onednn.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.bytedeco.dnnl.global.dnnl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/**
 * Where oneDNN has only reference kernels for convolutions, Deeplearning4j is preferred. The names
 * are those of oneDNN 3.11 on x86-64, and on ARM64 with SVE and without.
 */
class StockPreferenceTest {
  @BeforeAll
  static void load() {
    OneDnn.require(Precision.FP32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ref:any", "gemm:ref"})
  void referenceKernelsAreAReason(String implementation) {
    assertThat(Native.stockPreference(implementation))
        .isEqualTo(
            "oneDNN has only reference kernels (%s) for convolutions with the instruction set %s"
                .formatted(implementation, CpuFeatures.instructionSet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "brg_conv_fwd:avx512_core",
        "brgconv:sve_256",
        "gemm:acl",
        "gemm:jit",
        "indirect_gemm:acl",
        "jit:avx2",
        "jit:sse41"
      })
  void kernelsForTheProcessorAreNone(String implementation) {
    assertThat(Native.stockPreference(implementation)).isNull();
  }

  /** No kernel for x86-64 reads blocks of four channels: oneDNN really takes reference code. */
  @Test
  void reasonIsReadFromThePrimitiveThatOneDnnChooses() {
    assumeThat(InstructionSets.here()).isEqualTo(InstructionSets.X86_64);

    assertThat(Native.stockPreference(ProbeConvolution.implementation(dnnl.dnnl_nChw4c)))
        .startsWith("oneDNN has only reference kernels (ref");
    assertThat(Native.stockPreference(ProbeConvolution.implementation(dnnl.dnnl_nhwc))).isNull();
    assertThat(Native.stockPreference()).isNull();
  }

  /** oneDNN 3.11 without the Arm Compute Library generates convolutions for SVE alone. */
  @Test
  void arm64HasReferenceKernelsAloneWithoutSve() {
    assumeThat(InstructionSets.here()).isEqualTo(InstructionSets.ARM64);

    assertThat(Native.stockPreference() == null)
        .isEqualTo(CpuFeatures.instructionSet().startsWith("sve"));
  }
}
