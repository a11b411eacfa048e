package org.resnet4j.graph;

import java.util.SplittableRandom;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A dropout of whole examples: while training, each example is set to zero with probability {@code
 * rate}, and the others are divided by {@code 1 - rate}. At the end of a residual branch it is the
 * stochastic depth of Huang et al., 2016, as {@code torchvision.ops.StochasticDepth(rate, "row")}
 * and timm's {@code DropPath} compute it.
 *
 * <pre>{@code
 * new DropoutLayer(new StochasticDepth(0.1))
 * }</pre>
 *
 * <p>Every step draws one seed from {@code Nd4j.getRandom()}, so equal seeds drop equal examples,
 * on stock Deeplearning4j and on the engine.
 */
public final class StochasticDepth implements IDropout {
  private static final long serialVersionUID = 1;

  private final double rate;

  /** The factors of the last forward pass, until its backward pass; [N]. */
  private transient double @Nullable [] factors;

  /**
   * Creates a dropout of examples.
   *
   * @param rate probability of dropping an example, in [0, 1)
   */
  public StochasticDepth(@JsonProperty("rate") double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "stochastic depth: expected a probability in [0, 1) but was " + rate);
    }
    this.rate = rate;
  }

  /** Returns the probability of dropping an example. */
  @JsonProperty("rate")
  public double rate() {
    return rate;
  }

  /**
   * Returns the factor of each example, 0 or {@code 1 / (1 - rate)}; equal seeds give equal
   * factors.
   */
  public double[] factors(int examples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn = new double[examples];
    double kept = 1 / (1 - rate);
    for (int i = 0; i < examples; i++) {
      drawn[i] = random.nextDouble() < rate ? 0 : kept;
    }
    return drawn;
  }

  @Override
  public INDArray applyDropout(
      INDArray input, INDArray result, int iteration, int epoch, LayerWorkspaceMgr workspaces) {
    double[] drawn = factors(Math.toIntExact(input.size(0)), Nd4j.getRandom().nextLong());
    factors = drawn;
    return scale(input, drawn, result);
  }

  @Override
  public INDArray backprop(INDArray gradient, INDArray result, int iteration, int epoch) {
    double[] drawn = factors;
    if (drawn == null) {
      throw new IllegalStateException(
          "stochastic depth: expected a forward pass in training mode before the backward pass");
    }
    factors = null;
    return scale(gradient, drawn, result);
  }

  private static INDArray scale(INDArray values, double[] factors, INDArray result) {
    try (INDArray each = Nd4j.createFromArray(factors).castTo(result.dataType())) {
      Nd4j.exec(new BroadcastMulOp(values, each, result, 0));
    }
    return result;
  }

  @Override
  public void clear() {
    factors = null;
  }

  @Override
  @SuppressWarnings("MissingSuperCall") // the state of a pass is not copied
  public StochasticDepth clone() {
    return new StochasticDepth(rate);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StochasticDepth depth && Double.compare(depth.rate, rate) == 0;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(rate);
  }

  @Override
  public String toString() {
    return "StochasticDepth(rate=" + rate + ")";
  }
}
