package org.resnet4j.onednn.exec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Simd;

/** The facts about this process that decide how it computes. */
public final class Native {
  private Native() {}

  /** Returns the number of threads that compute a primitive. */
  public static int threads() {
    return Team.size();
  }

  /** Returns the reason why this process does not run JIT kernels; null if it does. */
  public static @Nullable String kernelObstacle() {
    return Kernels.OBSTACLE;
  }

  private static final class Kernels {
    static final @Nullable String OBSTACLE = obstacle();

    private static @Nullable String obstacle() {
      String ofSystem = Kernel.obstacle();
      return ofSystem == null && CpuFeatures.simd() == null
          ? "they need AVX2, which the CPU lacks or RESNET4J_MAX_ISA forbids"
          : ofSystem;
    }
  }

  /** Returns the vector instructions of JIT kernels, which this process must run. */
  public static Simd simd() {
    return Objects.requireNonNull(CpuFeatures.simd());
  }

  /**
   * Returns whether a convolution is faster in bfloat16 than in single precision on this CPU. True
   * with AMX; measured once on a CPU that multiplies bfloat16 without AMX.
   */
  public static boolean isFasterInBfloat16() {
    return Faster.IN_BFLOAT16;
  }

  private static final class Faster {
    static final boolean IN_BFLOAT16 =
        CpuFeatures.hasAmx() || (CpuFeatures.multipliesBfloat16() && Bfloat16Speed.isFaster());
  }

  /**
   * Returns whether oneDNN computes bfloat16 on this CPU, natively or by converting to single
   * precision.
   */
  public static boolean computesBfloat16() {
    return CpuFeatures.hasAvx512();
  }

  /**
   * Returns the reason to prefer stock Deeplearning4j on this CPU; null if there is none. OpenBLAS
   * has kernels for CPUs for which oneDNN has none.
   */
  public static @Nullable String stockPreference() {
    return Preference.STOCK;
  }

  private static final class Preference {
    static final @Nullable String STOCK =
        stockPreference(ProbeConvolution.implementation(ImageLayout.CHANNELS_LAST.tag));
  }

  /**
   * Returns the reason to prefer stock Deeplearning4j where {@code convolution} is oneDNN's
   * implementation of a usual convolution; null if there is none.
   */
  static @Nullable String stockPreference(String convolution) {
    return OneDnnLibrary.isReference(convolution)
        ? "oneDNN has only reference kernels (%s) for convolutions with the instruction set %s"
            .formatted(convolution, CpuFeatures.instructionSet())
        : null;
  }

  /** Returns the engine's name, such as {@code oneDNN 3.11.0 (avx512_core_amx)}. */
  public static String name() {
    return "oneDNN %s (%s)".formatted(OneDnnLibrary.version(), CpuFeatures.instructionSet());
  }
}
