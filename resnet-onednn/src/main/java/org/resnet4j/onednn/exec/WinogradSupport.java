package org.resnet4j.onednn.exec;

import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.winograd.Kernels;

/** Whether 3×3 convolutions may go through Winograd's transforms in this process. */
final class WinogradSupport {
  /** Why they do not; null where they do. */
  static final @Nullable String OBSTACLE = obstacle();

  private static final String FLAGS =
      "--add-modules jdk.incubator.vector --add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED";

  private WinogradSupport() {}

  private static @Nullable String obstacle() {
    int java = Runtime.version().feature();
    if (!Kernels.areBuiltIn()) {
      return "this build lacks its kernels; build with JDK 17";
    }
    if (java != 17) {
      return "its kernels need Java 17 but this is Java %s; run on Java 17".formatted(java);
    }
    if (!CpuFeatures.hasAvx512()) {
      return "its kernels need AVX-512, which the CPU lacks or RESNET4J_MAX_ISA forbids";
    }
    if (!isVectorApiOpen()) {
      return "its kernels need HotSpot's vectors; start Java with " + FLAGS;
    }
    return Team.isThere() ? null : "its kernels need GNU's OpenMP, which this process lacks";
  }

  /** Whether HotSpot lends its vectors, and uses the whole registers. */
  private static boolean isVectorApiOpen() {
    try {
      Module own = WinogradSupport.class.getModule();
      Object preferred =
          Class.forName("jdk.incubator.vector.FloatVector").getField("SPECIES_PREFERRED").get(null);
      Class<?> species = Class.forName("jdk.incubator.vector.VectorSpecies");
      return Object.class.getModule().isExported("jdk.internal.vm.vector", own)
          && species.getMethod("length").invoke(preferred).equals(ImageLayout.BLOCK);
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
