package org.resnet4j.onednn.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of random shapes equal sums in double precision, to 1e-4 for sums of up to 1,000
 * products of numbers below 1, with both instruction sets on every machine.
 */
class SmallGemmTest {
  private static final int CASES = 24;

  private record Case(
      int rows, int segments, int columns, int block, int panels, GemmShape.End end) {
    static Case of(SplittableRandom random, Simd simd) {
      int lanes = simd.lanes();
      boolean tiles = random.nextInt(3) == 0;
      int columns = tiles ? 1 + random.nextInt(40) : lanes * (1 + random.nextInt(6));
      float[] highs = {6, Float.POSITIVE_INFINITY};
      float low = random.nextBoolean() ? 0 : Float.NEGATIVE_INFINITY;
      return new Case(
          1 + random.nextInt(70),
          tiles ? 1 : 1 + random.nextInt(4),
          columns,
          tiles ? 8 : lanes,
          1 + random.nextInt(3),
          new GemmShape.End(
              random.nextBoolean(), random.nextBoolean(), low, highs[random.nextInt(2)]));
    }

    int depth() {
      return segments * columns;
    }
  }

  static Stream<Arguments> cases() {
    return Stream.of(Simd.values())
        .flatMap(simd -> IntStream.range(0, CASES).mapToObj(seed -> Arguments.of(simd, seed)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsEqualSumsInDoublePrecision(Simd simd, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Case shape = Case.of(random, simd);
    int lanes = simd.lanes();
    int rows = shape.rows;
    int width = shape.panels * SmallGemm.PANEL;
    // The left matrix is [segments, columns / block, rows, block].
    int blocks = (shape.columns + shape.block - 1) / shape.block;
    float[] left = numbers(random, shape.segments * blocks * rows * shape.block);
    float[] weights = numbers(random, shape.depth() * width);
    float[] bias = numbers(random, width);
    float[] before = numbers(random, rows * width);
    int[] offsets = offsets(random, rows);
    float[] results = run(simd, shape, new float[][] {left, weights, bias, before}, offsets);
    for (int row = 0; row < rows; row++) {
      for (int n = 0; n < width; n++) {
        int into = ((n / lanes) * rows + offsets[row]) * lanes + n % lanes;
        double sum = shape.end.bias() ? bias[n] : 0;
        sum += shape.end.add() ? before[into] : 0;
        for (int k = 0; k < shape.depth(); k++) {
          int column = k % shape.columns;
          int block = k / shape.columns * blocks + column / shape.block;
          int from = (block * rows + offsets[row]) * shape.block + column % shape.block;
          int panel = n / SmallGemm.PANEL * shape.depth() + k;
          sum += (double) left[from] * weights[panel * SmallGemm.PANEL + n % SmallGemm.PANEL];
        }
        double clipped = Math.min(Math.max(sum, shape.end.low()), shape.end.high());
        assertThat((double) results[into])
            .as("%s %s row %s column %s", simd, shape, row, n)
            .isCloseTo(clipped, org.assertj.core.api.Assertions.within(1e-4));
      }
    }
  }

  /** Returns the places of rows: in order, or mixed, so that groups of rows form no loop. */
  private static int[] offsets(SplittableRandom random, int rows) {
    int[] offsets = IntStream.range(0, rows).toArray();
    if (random.nextBoolean()) {
      for (int i = rows - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int kept = offsets[i];
        offsets[i] = offsets[other];
        offsets[other] = kept;
      }
    }
    return offsets;
  }

  private static float[] numbers(SplittableRandom random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextDouble(-1, 1);
    }
    return numbers;
  }

  private static float[] run(Simd simd, Case shape, float[][] operands, int[] offsets) {
    int rows = shape.rows;
    int block = rows * shape.block * Float.BYTES;
    int panel = SmallGemm.PANEL * Float.BYTES;
    int vector = rows * simd.bytes();
    GemmShape kernel =
        new GemmShape(
            new GemmShape.Left(
                shape.segments,
                Arrays.stream(offsets).map(row -> row * shape.block * Float.BYTES).toArray(),
                shape.columns,
                Float.BYTES,
                shape.block,
                block),
            new GemmShape.Weights(panel, simd.bytes(), shape.depth() * panel, shape.segments > 1),
            new GemmShape.Results(
                Arrays.stream(offsets).map(row -> row * simd.bytes()).toArray(),
                vector,
                vector * (SmallGemm.PANEL / simd.lanes())),
            shape.end);
    Memory[] memory = new Memory[operands.length];
    for (int i = 0; i < operands.length; i++) {
      memory[i] = new Memory((long) operands[i].length * Float.BYTES);
      memory[i].write(0, operands[i], 0, operands[i].length);
    }
    int blocks = (shape.columns + shape.block - 1) / shape.block;
    long[] segments =
        IntStream.range(0, shape.segments)
            .mapToLong(i -> Pointer.nativeValue(memory[0]) + (long) i * blocks * block)
            .toArray();
    SmallGemm.Product product =
        new SmallGemm.Product(
            segments,
            Pointer.nativeValue(memory[1]),
            Pointer.nativeValue(memory[2]),
            Pointer.nativeValue(memory[3]),
            shape.panels);
    // In two shares, as for two threads.
    for (SmallGemm.Product share : product.shares(kernel, 2)) {
      KernelRunner.run(SmallGemm.code(simd, kernel), SmallGemm.operands(kernel, List.of(share)));
    }
    float[] results = new float[operands[3].length];
    memory[3].read(0, results, 0, results.length);
    return results;
  }
}
