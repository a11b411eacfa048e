package org.resnet4j.onednn.winograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.onednn.code.KernelRunner;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.winograd.OutputTransform.Finish;

/**
 * The Winograd transforms give the sums of a direct 3×3 convolution in double precision, to 1e-5
 * for numbers up to 0.5: about a hundred roundings. Kernels whose instruction set this CPU lacks
 * are interpreted.
 */
class TransformsTest {
  private static final int HEIGHT = 7;
  private static final int WIDTH = 6;

  /** The number of channels: two blocks of AVX2, one of AVX-512. */
  private static final int LANES = 16;

  private static final int PIXELS = HEIGHT * WIDTH;

  private final Random random = new Random(4);

  /** An image [H, W, 16]; every channel is convolved with its own kernels. */
  private final float[] image = numbers(PIXELS * LANES);

  /** The kernels [3, 3, 16]. */
  private final float[] kernels = numbers(9 * LANES);

  private float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat() - 0.5f;
    }
    return numbers;
  }

  static Stream<Arguments> kernels() {
    return Stream.of(Simd.values())
        .flatMap(simd -> Stream.of(Arguments.of(simd, 2), Arguments.of(simd, 4)));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void winogradOutputEqualsTheDirectConvolution(Simd simd, int side) {
    float[] bias = numbers(LANES);
    float[] output = convolve(simd, side, new float[PIXELS * LANES], bias, false);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < LANES; c++) {
          assertThat(output[at(simd, y, x, c)])
              .isCloseTo(Math.max(0, (float) direct(simd, y, x, c) + bias[c]), within(1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Simd.class)
  void outputsAreAddedToTheValuesOfTheImage(Simd simd) {
    float[] before = numbers(PIXELS * LANES);
    float[] output = convolve(simd, 4, before, new float[LANES], true);
    for (int i = 0; i < PIXELS; i++) {
      int at = at(simd, i / WIDTH, i % WIDTH, 9);
      assertThat(output[at])
          .isCloseTo(
              Math.max(0, before[at] + (float) direct(simd, i / WIDTH, i % WIDTH, 9)),
              within(1e-5f));
    }
  }

  /**
   * The gradient of a weight is the sum over outputs of their gradient times the input that the
   * weight multiplied.
   */
  @ParameterizedTest
  @EnumSource(Simd.class)
  void winogradWeightGradientEqualsTheDirectConvolution(Simd simd) {
    float[] gradients = numbers(PIXELS * LANES);
    float[] result = weightGradients(simd, gradients);
    for (int k = 0; k < 9; k++) {
      double expected = 0;
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          expected += gradients[at(simd, y, x, 13)] * pixel(simd, y + k / 3 - 1, x + k % 3 - 1, 13);
        }
      }
      assertThat(result[k * LANES + 13]).isCloseTo((float) expected, within(1e-5f));
    }
  }

  /** Returns the index of a value of an image [C / lanes, H, W, lanes]. */
  private static int at(Simd simd, int y, int x, int channel) {
    int lanes = simd.lanes();
    return ((channel / lanes * HEIGHT + y) * WIDTH + x) * lanes + channel % lanes;
  }

  private double direct(Simd simd, int y, int x, int channel) {
    double sum = 0;
    for (int k = 0; k < 9; k++) {
      sum += kernels[k * LANES + channel] * pixel(simd, y + k / 3 - 1, x + k % 3 - 1, channel);
    }
    return sum;
  }

  private double pixel(Simd simd, int y, int x, int channel) {
    return y < 0 || y >= HEIGHT || x < 0 || x >= WIDTH ? 0 : image[at(simd, y, x, channel)];
  }

  /** Multiplies tile by tile, channel by channel, and clips below 0. */
  private float[] convolve(Simd simd, int side, float[] before, float[] bias, boolean add) {
    Tiles tiles = new Tiles(1, HEIGHT, WIDTH, side);
    TileLayout layout = TileLayout.inBlocks(simd, tiles.count(), LANES);
    Range all = Range.all(LANES);
    WeightTransform ofWeights = WeightTransform.forward(simd, tiles, false, LANES, LANES);
    InputTransform ofTiles = new InputTransform(simd, tiles, false, layout);
    Finish finish = new Finish(true, add, 0, Float.POSITIVE_INFINITY);
    OutputTransform back = new OutputTransform(simd, tiles, layout, finish);
    try (NativeArray weights = new NativeArray(tiles.components() * LANES);
        NativeArray transformed = new NativeArray((int) layout.floats(tiles));
        NativeArray source = new NativeArray(image);
        NativeArray plain = new NativeArray(kernels);
        NativeArray shift = new NativeArray(bias);
        NativeArray output = new NativeArray(before);
        Scratch forWeights = ofWeights.scratch();
        Scratch rows = ofTiles.scratch();
        Scratch tile = back.scratch()) {
      KernelRunner.run(
          ofWeights.code(),
          ofWeights.operands(plain.floats(), all, weights.floats(), all, forWeights));
      int count = tiles.count();
      KernelRunner.run(
          ofTiles.code(),
          ofTiles.operands(source.floats(), all, 0, count, transformed.floats(), rows));
      for (int component = 0; component < tiles.components(); component++) {
        for (int t = 0; t < count; t++) {
          for (int c = 0; c < LANES; c++) {
            int at = index(layout, simd, component, t, c);
            transformed.put(at, transformed.get(at) * weights.get(component * LANES + c));
          }
        }
      }
      KernelRunner.run(
          back.code(),
          back.operands(
              transformed.floats(), 0, count, output.floats(), all, shift.floats(), tile));
      return output.all();
    }
  }

  /** Returns the index of a transformed value. */
  private static int index(TileLayout layout, Simd simd, int component, int tile, int channel) {
    int bytes =
        component * layout.component()
            + tile * layout.tile()
            + channel / simd.lanes() * layout.block();
    return bytes / Float.BYTES + channel % simd.lanes();
  }

  /** Sums over tiles, channel by channel; half of them are added by another kernel. */
  private float[] weightGradients(Simd simd, float[] gradients) {
    Tiles tiles = new Tiles(1, HEIGHT, WIDTH, 4);
    Range all = Range.all(LANES);
    int count = tiles.count();
    TileLayout left = TileLayout.inRows(simd, count, LANES);
    TileLayout right = TileLayout.inBlocks(simd, count, LANES);
    WeightTransform ofWeights = WeightTransform.backward(simd, tiles, LANES, LANES);
    InputTransform ofInputs = new InputTransform(simd, tiles, false, left);
    InputTransform ofGradients = new InputTransform(simd, tiles, true, right);
    try (NativeArray inputs = new NativeArray((int) left.floats(tiles));
        NativeArray outputs = new NativeArray((int) right.floats(tiles));
        NativeArray source = new NativeArray(image);
        NativeArray incoming = new NativeArray(gradients);
        NativeArray even = new NativeArray(tiles.components() * LANES);
        NativeArray odd = new NativeArray(tiles.components() * LANES);
        NativeArray result = new NativeArray(9 * LANES);
        Scratch forWeights = ofWeights.scratch();
        Scratch rows = ofInputs.scratch();
        Scratch others = ofGradients.scratch()) {
      KernelRunner.run(
          ofInputs.code(),
          ofInputs.operands(source.floats(), all, 0, count, inputs.floats(), rows));
      KernelRunner.run(
          ofGradients.code(),
          ofGradients.operands(incoming.floats(), all, 0, count, outputs.floats(), others));
      for (int component = 0; component < tiles.components(); component++) {
        for (int i = 0; i < count * LANES; i++) {
          NativeArray sum = i / LANES % 2 == 0 ? even : odd;
          int into = component * LANES + i % LANES;
          float one = inputs.get(index(left, simd, component, i / LANES, i % LANES));
          float other = outputs.get(index(right, simd, component, i / LANES, i % LANES));
          sum.put(into, sum.get(into) + one * other);
        }
      }
      KernelRunner.run(
          Accumulation.code(simd),
          Accumulation.operands(even.floats(), odd.floats(), tiles.components(), all));
      KernelRunner.run(
          ofWeights.code(),
          ofWeights.operands(even.floats(), all, result.floats(), all, forWeights));
      return result.all();
    }
  }

  /** An array of floats in native memory. */
  private static final class NativeArray implements AutoCloseable {
    private final FloatPointer memory;
    private final int count;

    NativeArray(int count) {
      this(new float[count]);
    }

    NativeArray(float[] values) {
      memory = new FloatPointer(values);
      count = values.length;
    }

    Floats floats() {
      return new Floats(memory.address(), count);
    }

    float get(int index) {
      return memory.get(index);
    }

    void put(int index, float value) {
      memory.put(index, value);
    }

    float[] all() {
      float[] values = new float[count];
      memory.get(values);
      return values;
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
