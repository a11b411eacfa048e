package org.resnet4j.onednn.exec;

import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.winograd.Kernels;

/** The check whether this process can compute 3×3 convolutions by Winograd's transforms. */
final class WinogradSupport {
  /** The reason why Winograd's transforms are not used; null if they are. */
  static final @Nullable String OBSTACLE = obstacle();

  private static final String FLAGS =
      "--add-exports java.base/jdk.internal.vm.vector=ALL-UNNAMED"
          + " --add-exports java.base/jdk.internal.module=ALL-UNNAMED";

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
    int lanes = Kernels.lanes();
    if (lanes == 0) {
      return "its kernels need Java's vectors; start Java with " + FLAGS;
    }
    if (lanes != ImageLayout.BLOCK) {
      return "its kernels need vectors of %s floats but Java's have %s here; leave out -XX:MaxVectorSize and -XX:UseAVX"
          .formatted(ImageLayout.BLOCK, lanes);
    }
    return Team.isThere() ? null : "its kernels need GNU's OpenMP, which this process lacks";
  }
}
