package org.resnet4j.onednn;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.Native;

/** What keeps the engine from running on this machine. */
final class Obstacle {
  private static final @Nullable String LOADING = loading();

  private Obstacle() {}

  /** A sentence, or null when the engine runs with {@code precision}. */
  static @Nullable String to(Precision precision) {
    if (LOADING != null) {
      return LOADING;
    }
    String backend = backend(Nd4j.getBackend().getClass().getSimpleName());
    return backend != null
        ? backend
        : precision == Precision.BF16 && !Native.computesBfloat16()
            ? "the oneDNN engine computes BF16 on CPUs with AVX-512 but this one has "
                + Native.instructionSet()
            : null;
  }

  /** A sentence unless the class {@code name} is that of a backend on the CPU. */
  static @Nullable String backend(String name) {
    return name.equals("CpuBackend")
        ? null
        : "the oneDNN engine runs on the CPU but ND4J's backend here is %s".formatted(name);
  }

  private static @Nullable String loading() {
    try {
      Native.version();
      return null;
    } catch (LinkageError | IllegalStateException e) {
      return "oneDNN does not load on %s %s: %s; add org.bytedeco:dnnl and org.bytedeco:javacpp with the classifier of this platform"
          .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), cause(e));
    }
  }

  private static Throwable cause(Throwable e) {
    return e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
  }
}
