package org.resnet4j.onednn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;
import org.resnet4j.onednn.exec.Native;

/** A test that needs JIT kernels; elsewhere it is reported as skipped, with the reason. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "org.resnet4j.onednn.RequiresJitKernels$Condition#holds",
    disabledReason = "needs AVX2 or AVX-512, and a system that allows generated code")
@interface RequiresJitKernels {
  /** The condition on this machine. */
  final class Condition {
    private Condition() {}

    static boolean holds() {
      // ND4J has to be loaded first, because oneDNN shares its OpenMP.
      OneDnn.require(Precision.FP32);
      return Native.kernelObstacle() == null;
    }
  }
}
