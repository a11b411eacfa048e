package org.resnet4j.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Stochastic depth drops whole examples, each with its probability; equal seeds drop the same. */
class StochasticDepthTest {
  @Test
  void examplesAreDroppedWithTheStatedProbabilityAndTheOthersScaled() {
    double[] factors = new StochasticDepth(0.2).factors(10_000, 1);

    int kept = 0;
    for (double factor : factors) {
      assertThat(factor).isIn(0.0, 1.25);
      kept += factor > 0 ? 1 : 0;
    }
    // Five stds: 5·√(0.2·0.8·10,000) = 200.
    assertThat(kept).isCloseTo(8_000, within(200));
  }

  @Test
  void everyValueOfAnExampleHasItsFactorForwardAndBackward() {
    StochasticDepth depth = new StochasticDepth(0.5);
    Nd4j.getRandom().setSeed(3);
    double[] factors = depth.factors(6, Nd4j.getRandom().nextLong());
    INDArray images = Nd4j.linspace(1, 6 * 2 * 3 * 2, 6 * 2 * 3 * 2, DataType.FLOAT);
    images = images.reshape('c', 6, 2, 3, 2);
    LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();

    Nd4j.getRandom().setSeed(3);
    INDArray out = depth.applyDropout(images, images.ulike(), 0, 0, workspaces);
    INDArray gradient = depth.backprop(images, images.ulike(), 0, 0);

    INDArray expected =
        images.mul(Nd4j.createFromArray(factors).castTo(DataType.FLOAT).reshape(6, 1, 1, 1));
    assertThat(out).isEqualTo(expected);
    assertThat(gradient).isEqualTo(expected);
  }

  @Test
  void impossibleProbabilitiesAreRefused() {
    for (double rate : new double[] {-0.1, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new StochasticDepth(rate))
          .withMessage("stochastic depth: expected a probability in [0, 1) but was " + rate);
    }
  }
}
