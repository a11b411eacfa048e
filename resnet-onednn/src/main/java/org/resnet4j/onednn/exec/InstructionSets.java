package org.resnet4j.onednn.exec;

import com.sun.jna.Platform;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/**
 * The instruction sets of a kind of processor, by oneDNN's names and numbers. Each bit of a number
 * is an extension; the same bit is another extension on the other kind of processor.
 */
enum InstructionSets {
  X86_64,
  ARM64;

  /** The largest registers: of 16 floats (AVX-512, SVE with 512 bits), and of 8. */
  private static final int WIDE = 16;

  private static final int MIDDLE = 8;
  private static final int NARROW = 4;

  /** The numbers by name, smaller sets first. */
  private static final class Tables {
    static final int SVE_256 = 0x7;
    static final int SVE_512 = 0x27;

    static final Map<String, Integer> X86 = ofX86();
    static final Map<String, Integer> ARM = ofArm();

    /** Other names of sets of x86-64, and two common ones. */
    static final Map<String, Integer> OTHER_NAMES =
        Map.of(
            "avx512", dnnl.dnnl_cpu_isa_avx10_1_512,
            "avx10_1_512", dnnl.dnnl_cpu_isa_avx10_1_512,
            "avx10_1_512_amx", dnnl.dnnl_cpu_isa_avx10_1_512_amx,
            "avx10_1_512_amx_fp16", dnnl.dnnl_cpu_isa_avx10_1_512_amx_fp16,
            "amx", dnnl.dnnl_cpu_isa_avx10_2_512_amx_2);

    private static Map<String, Integer> ofX86() {
      Map<String, Integer> sets = new LinkedHashMap<>();
      sets.put("sse41", dnnl.dnnl_cpu_isa_sse41);
      sets.put("avx", dnnl.dnnl_cpu_isa_avx);
      sets.put("avx2", dnnl.dnnl_cpu_isa_avx2);
      sets.put("avx2_vnni", dnnl.dnnl_cpu_isa_avx2_vnni);
      sets.put("avx2_vnni_2", dnnl.dnnl_cpu_isa_avx2_vnni_2);
      sets.put("avx512_core", dnnl.dnnl_cpu_isa_avx512_core);
      sets.put("avx512_core_vnni", dnnl.dnnl_cpu_isa_avx512_core_vnni);
      sets.put("avx512_core_bf16", dnnl.dnnl_cpu_isa_avx512_core_bf16);
      sets.put("avx512_core_fp16", dnnl.dnnl_cpu_isa_avx512_core_fp16);
      sets.put("avx512_core_amx", dnnl.dnnl_cpu_isa_avx512_core_amx);
      sets.put("avx512_core_amx_fp16", dnnl.dnnl_cpu_isa_avx512_core_amx_fp16);
      sets.put("avx10_2_512", dnnl.dnnl_cpu_isa_avx10_2_512);
      sets.put("avx10_2_512_amx_2", dnnl.dnnl_cpu_isa_avx10_2_512_amx_2);
      return Collections.unmodifiableMap(sets);
    }

    /** Source of the numbers: oneDNN 3.11, src/cpu/aarch64/cpu_isa_traits.hpp. */
    private static Map<String, Integer> ofArm() {
      Map<String, Integer> sets = new LinkedHashMap<>();
      sets.put("asimd", 0x1);
      sets.put("sve_128", 0x3);
      sets.put("sve_256", SVE_256);
      sets.put("sve_512", SVE_512);
      return Collections.unmodifiableMap(sets);
    }
  }

  /** Returns those of this machine's processor. */
  static InstructionSets here() {
    return Platform.isARM() ? ARM64 : X86_64;
  }

  private Map<String, Integer> sets() {
    return this == ARM64 ? Tables.ARM : Tables.X86;
  }

  /**
   * Returns the number of the set that oneDNN is to be limited to, by its {@code name} in any case;
   * null if there is none. oneDNN has no limits on ARM64.
   */
  @Nullable Integer limit(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return this == ARM64 ? null : sets().getOrDefault(lower, Tables.OTHER_NAMES.get(lower));
  }

  /** Returns what a limit is expected to be. */
  String limits() {
    return this == ARM64
        ? "no value, because oneDNN limits the instruction set on x86-64 only,"
        : "avx512, amx or one of " + String.join(", ", sets().keySet());
  }

  /** Returns the name of the largest set within {@code number}. */
  String name(int number) {
    String largest = "generic";
    for (Map.Entry<String, Integer> known : sets().entrySet()) {
      largest = has(number, known.getValue()) ? known.getKey() : largest;
    }
    return largest;
  }

  /** Returns the number of floats in the largest register that {@code number} allows. */
  int floats(int number) {
    boolean wide = has(number, this == ARM64 ? Tables.SVE_512 : dnnl.dnnl_cpu_isa_avx512_core);
    boolean middle = has(number, this == ARM64 ? Tables.SVE_256 : dnnl.dnnl_cpu_isa_avx2);
    return wide ? WIDE : middle ? MIDDLE : NARROW;
  }

  /** Returns whether {@code number} has all extensions of {@code wanted}. */
  static boolean has(int number, int wanted) {
    return (number & wanted) == wanted;
  }
}
