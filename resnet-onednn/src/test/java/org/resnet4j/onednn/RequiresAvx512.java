package org.resnet4j.onednn;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;
import org.resnet4j.onednn.exec.CpuFeatures;

/** A test that needs AVX-512; elsewhere it is reported as skipped, with the reason. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "org.resnet4j.onednn.RequiresAvx512$Condition#holds",
    disabledReason = "needs AVX-512, which this CPU or RESNET4J_MAX_ISA does not have")
@interface RequiresAvx512 {
  /** The condition on this machine's CPU. */
  final class Condition {
    private Condition() {}

    static boolean holds() {
      // ND4J has to be loaded first, because oneDNN shares its OpenMP.
      OneDnn.require(Precision.FP32);
      return CpuFeatures.hasAvx512();
    }
  }
}
