package org.resnet4j.train;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;

/**
 * The implementation of {@link SgdMomentum}, with two passes over the flat parameters of a block of
 * layers.
 */
final class SgdMomentumUpdater implements GradientUpdater<SgdMomentum> {
  private static final String VELOCITY = "V";

  private final SgdMomentum config;
  private @Nullable INDArray velocity;

  SgdMomentumUpdater(SgdMomentum config) {
    this.config = config;
  }

  @Override
  public SgdMomentum getConfig() {
    return config;
  }

  @Override
  public void setState(Map<String, INDArray> stateMap, boolean initialize) {
    INDArray state = stateMap.get(VELOCITY);
    if (state == null || stateMap.size() != 1) {
      throw new IllegalStateException(
          "updater state: expected the key " + VELOCITY + " alone but was " + stateMap.keySet());
    }
    if (initialize) {
      state.assign(0);
    }
    velocity = state;
  }

  @Override
  public Map<String, INDArray> getState() {
    return Map.of(VELOCITY, requireVelocity());
  }

  @Override
  public void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    if (initialize) {
      viewArray.assign(0);
    }
    velocity = viewArray.reshape(gradientOrder, gradientShape);
  }

  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    INDArray v = requireVelocity();
    INDArray g = gradient.reshape(v.shape());
    Nd4j.exec(new Axpy(v, g, v, config.momentum())); // v = μ·v + g
    double rate = config.getLearningRate(iteration, epoch);
    if (config.isNesterov()) {
      Nd4j.exec(new Axpy(v, g, g, config.momentum())); // g = μ·v + g
      g.muli(rate);
    } else {
      v.muli(rate, g); // g = lr·v; v keeps its value
    }
  }

  private INDArray requireVelocity() {
    if (velocity == null) {
      throw new IllegalStateException(
          "updater state: expected setStateViewArray before the update");
    }
    return velocity;
  }
}
