package org.resnet4j.onednn.exec;

import java.util.Map;
import java.util.Objects;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Simd;

/**
 * The instruction set that oneDNN's primitives and the engine's own kernels may use: that of the
 * CPU, or a smaller one that the environment variable {@code RESNET4J_MAX_ISA} names.
 */
public final class CpuFeatures {
  /** The environment variable. */
  public static final String SETTING = "RESNET4J_MAX_ISA";

  private static final int EVERYTHING = -1;

  private static final InstructionSets KNOWN = InstructionSets.here();

  private CpuFeatures() {}

  /** The limit in force, set once for the process; oneDNN cannot change it afterwards. */
  private static final class Effective {
    static final int SET = limited();

    private static int limited() {
      if (limit() != null) {
        int status = dnnl.dnnl_set_max_cpu_isa(cap(KNOWN, System.getenv()));
        if (status != dnnl.dnnl_success) {
          throw new IllegalStateException(
              "oneDNN refused "
                  + SETTING
                  + "="
                  + limit()
                  + " (status "
                  + status
                  + "): it was in use before, or the processor is not x86-64; unset "
                  + SETTING);
        }
      }
      return dnnl.dnnl_get_effective_cpu_isa();
    }
  }

  /** Returns the value of {@value #SETTING}; null if it is unset or empty. */
  public static @Nullable String limit() {
    return limit(System.getenv());
  }

  private static @Nullable String limit(Map<String, String> environment) {
    String limit = environment.getOrDefault(SETTING, "").strip();
    return limit.isEmpty() ? null : limit;
  }

  /**
   * Refuses an unknown instruction set.
   *
   * @throws IllegalArgumentException with the known names
   */
  public static void checkLimit() {
    cap(KNOWN, System.getenv());
  }

  /** Returns the extensions that both {@value #SETTING} and oneDNN's own variable allow. */
  static int cap(InstructionSets known, Map<String, String> environment) {
    String limit = limit(environment);
    Integer own = limit == null ? Integer.valueOf(EVERYTHING) : known.limit(limit);
    if (own == null) {
      throw new IllegalArgumentException(
          SETTING + ": expected " + known.limits() + " but was \"" + limit + "\"");
    }
    // Setting a limit makes oneDNN ignore its own variable, so it is read here. oneDNN ignores
    // unknown values.
    String oneDnns =
        environment.getOrDefault(
            "ONEDNN_MAX_CPU_ISA", environment.getOrDefault("DNNL_MAX_CPU_ISA", ""));
    return own & Objects.requireNonNullElse(known.limit(oneDnns), EVERYTHING);
  }

  /** Returns oneDNN's name of the instruction set in force, such as {@code avx512_core_bf16}. */
  public static String instructionSet() {
    return KNOWN.name(Effective.SET);
  }

  /** Returns the number of floats in the registers that oneDNN's primitives use. */
  public static int floats() {
    return KNOWN.floats(Effective.SET);
  }

  /** Returns whether a register holds 16 floats (AVX-512). */
  public static boolean hasAvx512() {
    return has(dnnl.dnnl_cpu_isa_avx512_core);
  }

  /** Returns whether kernels may use these vector instructions. */
  public static boolean has(Simd simd) {
    return switch (simd) {
      case AVX2 -> has(dnnl.dnnl_cpu_isa_avx2);
      case AVX512 -> hasAvx512();
    };
  }

  /** Returns the vector instructions for JIT kernels; null if the CPU has neither. */
  static @Nullable Simd simd() {
    return has(Simd.AVX512) ? Simd.AVX512 : has(Simd.AVX2) ? Simd.AVX2 : null;
  }

  /** Returns whether the CPU multiplies bfloat16. */
  public static boolean multipliesBfloat16() {
    return has(dnnl.dnnl_cpu_isa_avx512_core_bf16);
  }

  /** Returns whether a register holds 8 floats or 32 bytes (AVX2). */
  public static boolean hasAvx2() {
    return has(Simd.AVX2);
  }

  /** Returns whether the CPU sums products of bytes in 32 bits (VNNI). */
  public static boolean hasVnni() {
    return has(dnnl.dnnl_cpu_isa_avx512_core_vnni) || has(dnnl.dnnl_cpu_isa_avx2_vnni);
  }

  /** Returns whether the CPU multiplies bfloat16 matrices (AMX). */
  static boolean hasAmx() {
    return has(dnnl.dnnl_cpu_isa_avx512_core_amx);
  }

  /**
   * Returns whether a primitive's maximum of a number and a NaN raises the invalid-operation flag.
   * On ARM64 it does not: SVE's {@code FMAXNM} gives the number, without a sign of the NaN.
   */
  public static boolean maximumSignalsNan() {
    return KNOWN == InstructionSets.X86_64;
  }

  /** Returns whether the processor is an x86-64 with all extensions of {@code set}. */
  private static boolean has(int set) {
    return KNOWN == InstructionSets.X86_64 && InstructionSets.has(Effective.SET, set);
  }
}
