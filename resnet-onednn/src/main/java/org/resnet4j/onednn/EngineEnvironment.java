package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;

/**
 * The library, instruction set and capabilities that the engine uses.
 *
 * @param version of oneDNN, such as {@code 3.11.0}
 * @param instructionSet the largest that primitives may use, such as {@code avx512_core_amx}
 * @param instructionSetLimit the value of the environment variable {@code RESNET4J_MAX_ISA}; null
 *     without a limit
 * @param multipliesBfloat16 whether the CPU multiplies bfloat16
 * @param fasterInBfloat16 whether convolutions are faster in bfloat16; {@link Precision#AUTO} means
 *     {@link Precision#BF16} if so
 * @param noJitKernelsBecause why JIT kernels do not compute convolutions in single precision; null
 *     if they do where that is faster. Required are a CPU with AVX2 or AVX-512, and a system that
 *     allows generated code
 * @param stockPreferredBecause why {@link CompileOptions#orFallBack()} runs stock Deeplearning4j
 *     here although the engine could run: oneDNN has only reference kernels for convolutions; null
 *     if it has others
 */
public record EngineEnvironment(
    String version,
    String instructionSet,
    @Nullable String instructionSetLimit,
    boolean multipliesBfloat16,
    boolean fasterInBfloat16,
    @Nullable String noJitKernelsBecause,
    @Nullable String stockPreferredBecause) {
  /** Returns whether JIT kernels compute convolutions where that is faster, Winograd's included. */
  public boolean jitKernels() {
    return noJitKernelsBecause == null;
  }
}
