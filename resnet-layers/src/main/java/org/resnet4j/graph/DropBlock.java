package org.resnet4j.graph;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A dropout of squares of images {@code [N, C, H, W]} (Ghiasi et al., 2018, "DropBlock"), in each
 * channel by itself. While training, squares of {@code size}² values are set to zero, so that a
 * value is dropped with a probability of about {@code rate}; the others are multiplied by the
 * number of all values divided by the number of those kept. {@code torchvision.ops.drop_block2d}
 * computes the same. Squares are smaller in images that are smaller than they.
 *
 * <pre>{@code
 * new DropoutLayer(new DropBlock(0.1, 7))
 * }</pre>
 *
 * <p>Every step draws one seed from {@code Nd4j.getRandom()}, so equal seeds drop equal squares, on
 * stock Deeplearning4j and on the engine.
 */
public final class DropBlock implements IDropout {
  private static final long serialVersionUID = 1;

  private final double rate;
  private final int size;

  /** The factors of the last forward pass, until its backward pass; [N, C, H, W]. */
  private transient float @Nullable [] factors;

  /**
   * Creates a dropout of squares.
   *
   * @param rate probability of dropping a value, in [0, 1)
   * @param size odd side of the squares in pixels
   */
  public DropBlock(@JsonProperty("rate") double rate, @JsonProperty("size") int size) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "drop block: expected a probability in [0, 1) but was " + rate);
    }
    if (size < 1 || size % 2 == 0) {
      throw new IllegalArgumentException(
          "drop block: expected squares with an odd side but it was " + size);
    }
    this.rate = rate;
    this.size = size;
  }

  /** Returns the probability of dropping a value. */
  @JsonProperty("rate")
  public double rate() {
    return rate;
  }

  /** Returns the side of the squares. */
  @JsonProperty("size")
  public int size() {
    return size;
  }

  /**
   * Returns the factor of each value, 0 or that of those kept, in c order; equal seeds give equal
   * factors.
   *
   * @param maps number of channels of all images
   */
  public float[] factors(int maps, int height, int width, long seed) {
    int side = side(height, width);
    int rows = height - side + 1;
    int columns = width - side + 1;
    double probability = rate * height * width / ((double) side * side * rows * columns);
    SplittableRandom random = new SplittableRandom(seed);
    boolean[] corners = new boolean[Math.multiplyExact(maps, rows * columns)];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = random.nextDouble() < probability;
    }
    return factors(corners, maps, height, width);
  }

  private int side(int height, int width) {
    int most = Math.min(height, width);
    return Math.min(size, most % 2 == 1 ? most : most - 1);
  }

  /**
   * Returns the factors for given squares.
   *
   * @param corners whether a square begins at each place where a whole one fits, {@code [maps,
   *     height - side + 1, width - side + 1]}
   */
  float[] factors(boolean[] corners, int maps, int height, int width) {
    int side = side(height, width);
    int rows = height - side + 1;
    int columns = width - side + 1;
    float[] factors = new float[Math.multiplyExact(maps, height * width)];
    Arrays.fill(factors, 1);
    for (int i = 0; i < corners.length; i++) {
      if (corners[i]) {
        int first = i / (rows * columns) * height + i / columns % rows;
        for (int row = first; row < first + side; row++) {
          int from = row * width + i % columns;
          Arrays.fill(factors, from, from + side, 0);
        }
      }
    }
    int kept = 0;
    for (float factor : factors) {
      kept += factor > 0 ? 1 : 0;
    }
    float scale = kept == 0 ? 0 : (float) ((double) factors.length / kept);
    for (int i = 0; i < factors.length; i++) {
      factors[i] *= scale;
    }
    return factors;
  }

  @Override
  public INDArray applyDropout(
      INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
    if (input.rank() != 4) {
      throw new IllegalArgumentException(
          "drop block: expected images [N, C, H, W] but the input has the shape "
              + Arrays.toString(input.shape()));
    }
    float[] drawn =
        factors(
            Math.toIntExact(input.size(0) * input.size(1)),
            (int) input.size(2),
            (int) input.size(3),
            Nd4j.getRandom().nextLong());
    factors = drawn;
    return scale(input, drawn, result);
  }

  @Override
  public INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
    float[] drawn = factors;
    if (drawn == null) {
      throw new IllegalStateException(
          "drop block: expected a forward pass in training mode before the backward pass");
    }
    factors = null;
    return scale(gradient, drawn, result);
  }

  private static INDArray scale(INDArray values, float[] factors, INDArray result) {
    try (INDArray each = Nd4j.createFromArray(factors).castTo(result.dataType())) {
      return values.muli(each.reshape('c', values.shape()), result);
    }
  }

  @Override
  public void clear() {
    factors = null;
  }

  @Override
  @SuppressWarnings("MissingSuperCall") // the state of a pass is not copied
  public DropBlock clone() {
    return new DropBlock(rate, size);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DropBlock block
        && Double.compare(block.rate, rate) == 0
        && block.size == size;
  }

  @Override
  public int hashCode() {
    return Objects.hash(rate, size);
  }

  @Override
  public String toString() {
    return "DropBlock(rate=" + rate + ", size=" + size + ")";
  }
}
