package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.graph.Nd4jNatives;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.OneDnnLibrary;

/** Finds the reason why the engine cannot run on this machine. */
final class Obstacle {
  private Obstacle() {}

  /**
   * Returns the reason why the engine cannot run with {@code precision}; null if it can.
   *
   * @throws IllegalArgumentException where {@value CpuFeatures#SETTING} names no instruction set
   * @throws IllegalStateException where ND4J's natives cannot load
   */
  static @Nullable String to(Precision precision) {
    CpuFeatures.checkLimit();
    Nd4jNatives.require();
    // ND4J loads before oneDNN, which then shares its libgomp.
    String backend = ofBackend(Nd4j.getBackend().getClass().getSimpleName());
    return backend != null ? backend : Loading.FAILURE != null ? Loading.FAILURE : of(precision);
  }

  /**
   * Returns the reason why the engine does not compute with {@code options}; null if it does. With
   * a fallback, the engine is not used where oneDNN has only reference kernels.
   */
  static @Nullable String to(CompileOptions options) {
    String obstacle = to(options.precision());
    return obstacle == null ? orPreference(options, Native.stockPreference()) : obstacle;
  }

  /**
   * Returns {@code preference}, a reason to prefer stock Deeplearning4j, if {@code options} have a
   * fallback; otherwise null.
   */
  static @Nullable String orPreference(CompileOptions options, @Nullable String preference) {
    return options.fallBack() ? preference : null;
  }

  /**
   * Returns the reason why the ND4J backend of class {@code name} is refused; null for the CPU
   * backend.
   */
  static @Nullable String ofBackend(String name) {
    return name.equals("CpuBackend")
        ? null
        : "the oneDNN engine runs on the CPU but ND4J's backend here is " + name;
  }

  private static @Nullable String of(Precision precision) {
    return precision == Precision.BF16 && !Native.computesBfloat16()
        ? "BF16: the oneDNN engine computes it with AVX-512 but the instruction set here is "
            + CpuFeatures.instructionSet()
            + (CpuFeatures.limit() == null
                ? ""
                : " (" + CpuFeatures.SETTING + "=" + CpuFeatures.limit() + ")")
        : null;
  }

  /** The result of loading oneDNN, which is attempted once. */
  private static final class Loading {
    static final @Nullable String FAILURE = failure();

    private static @Nullable String failure() {
      try {
        OneDnnLibrary.version();
        return null;
      } catch (LinkageError | IllegalStateException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return "oneDNN does not load on %s %s: %s; add org.bytedeco:dnnl and org.bytedeco:javacpp with the classifier of this platform"
            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), cause);
      }
    }
  }
}
