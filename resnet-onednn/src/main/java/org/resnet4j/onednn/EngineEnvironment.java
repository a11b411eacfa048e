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
 * @param noWinogradBecause why 3×3 convolutions in single precision do not use Winograd's
 *     transforms; null if they do where that is faster. Required are AVX-512, GNU's OpenMP, a build
 *     by JDK 17, and Java 17 started with {@code --add-exports
 *     java.base/jdk.internal.vm.vector=ALL-UNNAMED --add-exports
 *     java.base/jdk.internal.module=ALL-UNNAMED}
 * @param runsOwnCode whether JIT kernels compute inference convolutions of few pixels; requires
 *     AVX-512 and a Linux that allows generated code
 */
public record EngineEnvironment(
    String version,
    String instructionSet,
    @Nullable String instructionSetLimit,
    boolean multipliesBfloat16,
    boolean fasterInBfloat16,
    @Nullable String noWinogradBecause,
    boolean runsOwnCode) {
  /** Returns whether 3×3 convolutions use Winograd's transforms where that is faster. */
  public boolean winograd() {
    return noWinogradBecause == null;
  }
}
