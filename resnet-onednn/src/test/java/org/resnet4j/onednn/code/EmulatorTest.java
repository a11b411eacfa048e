package org.resnet4j.onednn.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.exec.CpuFeatures;

/** The interpreter of kernels computes bit for bit what the CPU does. */
class EmulatorTest {
  private static final int ROWS = 13;
  private static final int DEPTH = 48;

  @ParameterizedTest
  @EnumSource(Simd.class)
  void interpretedKernelsGiveTheBitsOfTheCpu(Simd simd) {
    OneDnn.require(Precision.FP32);
    assumeTrue(CpuFeatures.has(simd) && Kernel.obstacle() == null, "needs " + simd);
    assertThat(product(simd, true)).isEqualTo(product(simd, false));
  }

  private static float[] product(Simd simd, boolean emulated) {
    SplittableRandom random = new SplittableRandom(3);
    int[] rows = IntStream.range(0, ROWS).map(row -> row * simd.bytes()).toArray();
    int vector = ROWS * simd.bytes();
    int panel = SmallGemm.PANEL * Float.BYTES;
    GemmShape shape =
        new GemmShape(
            new GemmShape.Left(1, rows, DEPTH, Float.BYTES, simd.lanes(), vector),
            new GemmShape.Weights(panel, simd.bytes(), DEPTH * panel, false),
            new GemmShape.Results(rows, vector, vector * (SmallGemm.PANEL / simd.lanes())),
            new GemmShape.End(true, false, 0, 6));
    try (Memory memory = new Memory(4L * (ROWS * DEPTH + DEPTH * 16 + 16 + ROWS * 16))) {
      for (long i = 0; i < memory.size(); i += Float.BYTES) {
        memory.setFloat(i, (float) random.nextDouble(-1, 1));
      }
      long left = Pointer.nativeValue(memory);
      long weights = left + 4L * ROWS * DEPTH;
      long bias = weights + 4L * DEPTH * 16;
      SmallGemm.Product product =
          new SmallGemm.Product(new long[] {left}, weights, bias, bias + 4 * 16, 1);
      Operands operands = SmallGemm.operands(shape, List.of(product));
      if (emulated) {
        KernelRunner.emulate(SmallGemm.code(simd, shape), operands);
      } else {
        KernelRunner.run(SmallGemm.code(simd, shape), operands);
      }
      float[] results = new float[ROWS * 16];
      memory.read(memory.size() - 4L * results.length, results, 0, results.length);
      return results;
    }
  }
}
