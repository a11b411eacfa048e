package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;

/**
 * What the engine runs on.
 *
 * @param version of oneDNN, such as {@code 3.11.0}
 * @param instructionSet the best that primitives are made for, such as {@code avx512_core_amx}
 * @param instructionSetLimit what the environment variable {@code RESNET4J_MAX_ISA} says; null
 *     where primitives and kernels use all that the CPU has
 * @param multipliesBfloat16 whether the CPU does
 * @param fasterInBfloat16 whether convolutions take less time then; {@link Precision#AUTO} means
 *     {@link Precision#BF16} if so
 * @param noWinogradBecause why 3×3 convolutions in single precision do not go through Winograd's
 *     transforms; null where they do if that is faster, which takes AVX-512, GNU's OpenMP, a build
 *     by JDK 17 and Java 17 started with {@code --add-exports
 *     java.base/jdk.internal.vm.vector=ALL-UNNAMED --add-exports
 *     java.base/jdk.internal.module=ALL-UNNAMED}
 * @param runsOwnCode whether convolutions of few pixels in inference are computed by machine code
 *     that the engine writes: with AVX-512, on a Linux that allows it
 */
public record EngineEnvironment(
    String version,
    String instructionSet,
    @Nullable String instructionSetLimit,
    boolean multipliesBfloat16,
    boolean fasterInBfloat16,
    @Nullable String noWinogradBecause,
    boolean runsOwnCode) {
  /** Returns whether 3×3 convolutions go through Winograd's transforms where that is faster. */
  public boolean winograd() {
    return noWinogradBecause == null;
  }
}
