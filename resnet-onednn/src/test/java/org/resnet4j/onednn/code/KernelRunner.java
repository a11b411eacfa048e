package org.resnet4j.onednn.code;

import com.sun.jna.Function;
import java.util.List;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.exec.CpuFeatures;

/**
 * Runs kernels in this thread: on the CPU, or by interpretation where it lacks the instructions.
 */
public final class KernelRunner {
  private KernelRunner() {}

  /** Runs a kernel, and closes its operands. */
  public static void run(VectorAssembler code, Operands operands) {
    OneDnn.require(Precision.FP32);
    if (!CpuFeatures.has(code.simd()) || Kernel.obstacle() != null) {
      emulate(code, operands);
      return;
    }
    try (Kernel kernel = new Kernel(code);
        operands;
        WorkList list = new WorkList(List.of(List.of(new WorkList.Call(kernel, operands))))) {
      Function.getFunction(list.code()).invokeVoid(new Object[] {list.start()});
    }
  }

  /** Interprets a kernel, and closes its operands. */
  static void emulate(VectorAssembler code, Operands operands) {
    try (operands) {
      Emulator.run(code.code(), operands.address());
    }
  }
}
