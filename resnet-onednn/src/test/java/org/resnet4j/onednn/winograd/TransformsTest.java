package org.resnet4j.onednn.winograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnJre;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.onednn.winograd.TileTransforms.Finish;

/**
 * The Winograd transforms give the sums of a direct 3×3 convolution in double precision. Java
 * emulates the vectors where the CPU lacks AVX-512, so every machine runs this test.
 */
class TransformsTest {
  private static final int HEIGHT = 7;
  private static final int WIDTH = 6;
  private static final int LANES = VectorKernels.LANES;
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

  @Test
  @EnabledOnJre(JRE.JAVA_17)
  void aBuildByJdk17HasTheKernels() {
    assertThat(Kernels.areBuiltIn()).isTrue();
  }

  @Test
  @DisabledOnJre(JRE.JAVA_17)
  void aBuildByALaterJdkLacksTheKernels() {
    assertThat(Kernels.areBuiltIn()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  @EnabledOnJre(value = JRE.JAVA_17, disabledReason = "the kernels are built by JDK 17 alone")
  void winogradOutputEqualsTheDirectConvolution(int side) {
    float[] bias = numbers(LANES);
    float[] output = convolve(side, new float[PIXELS * LANES], bias, false);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int c = 0; c < LANES; c++) {
          assertThat(output[(y * WIDTH + x) * LANES + c])
              .isCloseTo(Math.max(0, (float) direct(y, x, c) + bias[c]), within(1e-5f));
        }
      }
    }
  }

  @Test
  @EnabledOnJre(value = JRE.JAVA_17, disabledReason = "the kernels are built by JDK 17 alone")
  void outputsAreAddedToTheValuesOfTheImage() {
    float[] before = numbers(PIXELS * LANES);
    float[] output = convolve(4, before, new float[LANES], true);
    for (int i = 0; i < PIXELS; i++) {
      assertThat(output[i * LANES])
          .isCloseTo(
              Math.max(0, before[i * LANES] + (float) direct(i / WIDTH, i % WIDTH, 0)),
              within(1e-5f));
    }
  }

  /**
   * The gradient of a weight is the sum over outputs of their gradient times the input that the
   * weight multiplied.
   */
  @Test
  @EnabledOnJre(value = JRE.JAVA_17, disabledReason = "the kernels are built by JDK 17 alone")
  void winogradWeightGradientEqualsTheDirectConvolution() {
    float[] gradients = numbers(PIXELS * LANES);
    float[] result = weightGradients(gradients);
    for (int k = 0; k < 9; k++) {
      double expected = 0;
      for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
          expected +=
              gradients[(y * WIDTH + x) * LANES + 3] * pixel(y + k / 3 - 1, x + k % 3 - 1, 3);
        }
      }
      assertThat(result[k * LANES + 3]).isCloseTo((float) expected, within(1e-5f));
    }
  }

  private double direct(int y, int x, int channel) {
    double sum = 0;
    for (int k = 0; k < 9; k++) {
      sum += kernels[k * LANES + channel] * pixel(y + k / 3 - 1, x + k % 3 - 1, channel);
    }
    return sum;
  }

  private double pixel(int y, int x, int channel) {
    return y < 0 || y >= HEIGHT || x < 0 || x >= WIDTH
        ? 0
        : image[(y * WIDTH + x) * LANES + channel];
  }

  /** Multiplies tile by tile, channel by channel, and clips below 0. */
  private float[] convolve(int side, float[] before, float[] bias, boolean add) {
    Tiles tiles = new Tiles(1, HEIGHT, WIDTH, side);
    Range all = Range.all(LANES);
    try (NativeArray weights = new NativeArray(tiles.components() * LANES);
        NativeArray transformed = tilesOf(tiles);
        NativeArray source = new NativeArray(image);
        NativeArray plain = new NativeArray(kernels);
        NativeArray shift = new NativeArray(bias);
        NativeArray output = new NativeArray(before);
        WeightTransforms ofWeights = new WeightTransforms(tiles);
        TileTransforms ofTiles = new TileTransforms(tiles, false)) {
      ofWeights.weights(plain.floats(), all, false, weights.floats(), all);
      ofTiles.inputs(source.floats(), all, 0, tiles.count(), transformed.floats(), all);
      for (int component = 0; component < tiles.components(); component++) {
        for (int i = 0; i < tiles.count() * LANES; i++) {
          int at = component * stride(tiles) + i;
          transformed.put(at, transformed.get(at) * weights.get(component * LANES + i % LANES));
        }
      }
      Finish finish = new Finish(shift.floats(), add, 0, Float.POSITIVE_INFINITY);
      ofTiles.outputs(transformed.floats(), all, 0, tiles.count(), output.floats(), all, finish);
      return output.all();
    }
  }

  /** Sums over tiles, channel by channel; half of them are added by {@code add}. */
  private float[] weightGradients(float[] gradients) {
    Tiles tiles = new Tiles(1, HEIGHT, WIDTH, 4);
    Range all = Range.all(LANES);
    try (NativeArray inputs = tilesOf(tiles);
        NativeArray outputs = tilesOf(tiles);
        NativeArray source = new NativeArray(image);
        NativeArray incoming = new NativeArray(gradients);
        NativeArray even = new NativeArray(tiles.components() * LANES);
        NativeArray odd = new NativeArray(tiles.components() * LANES);
        NativeArray result = new NativeArray(9 * LANES);
        WeightTransforms ofWeights = new WeightTransforms(tiles);
        TileTransforms ofTiles = new TileTransforms(tiles, false)) {
      ofTiles.inputs(source.floats(), all, 0, tiles.count(), inputs.floats(), all);
      ofTiles.gradients(incoming.floats(), all, 0, tiles.count(), outputs.floats(), all);
      for (int component = 0; component < tiles.components(); component++) {
        for (int i = 0; i < tiles.count() * LANES; i++) {
          int at = component * stride(tiles) + i;
          NativeArray sum = i / LANES % 2 == 0 ? even : odd;
          int into = component * LANES + i % LANES;
          sum.put(into, sum.get(into) + inputs.get(at) * outputs.get(at));
        }
      }
      ofWeights.add(even.floats(), odd.floats(), all);
      ofWeights.weightGradients(even.floats(), all, result.floats(), all);
      return result.all();
    }
  }

  private static int stride(Tiles tiles) {
    return (int) TileTransforms.componentStride(tiles.count(), LANES);
  }

  private static NativeArray tilesOf(Tiles tiles) {
    return new NativeArray(tiles.components() * stride(tiles));
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
