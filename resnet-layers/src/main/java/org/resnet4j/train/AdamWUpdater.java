package org.resnet4j.train;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The implementation of {@link AdamW}; its state has the layout of Deeplearning4j's Adam. */
final class AdamWUpdater implements GradientUpdater<AdamW> {
  private static final String FIRST = "M";
  private static final String SECOND = "V";

  private final AdamW config;
  private @Nullable INDArray first;
  private @Nullable INDArray second;

  AdamWUpdater(AdamW config) {
    this.config = config;
  }

  @Override
  public AdamW getConfig() {
    return config;
  }

  @Override
  public void setState(Map<String, INDArray> stateMap, boolean initialize) {
    INDArray m = stateMap.get(FIRST);
    INDArray v = stateMap.get(SECOND);
    if (m == null || v == null || stateMap.size() != 2) {
      throw new IllegalStateException(
          "updater state: expected the keys M and V alone but was " + stateMap.keySet());
    }
    if (initialize) {
      m.assign(0);
      v.assign(0);
    }
    first = m;
    second = v;
  }

  @Override
  public Map<String, INDArray> getState() {
    return Map.of(FIRST, require(first), SECOND, require(second));
  }

  @Override
  public void setStateViewArray(
      INDArray viewArray, long[] gradientShape, char gradientOrder, boolean initialize) {
    if (initialize) {
      viewArray.assign(0);
    }
    INDArray flat = viewArray.reshape(viewArray.length());
    long half = flat.length() / 2;
    first = flat.get(NDArrayIndex.interval(0, half));
    second = flat.get(NDArrayIndex.interval(half, 2 * half));
  }

  @Override
  public void applyUpdater(INDArray gradient, int iteration, int epoch) {
    INDArray m = require(first);
    INDArray v = require(second);
    INDArray g = gradient.reshape(m.shape());
    m.muli(config.beta1()).addi(g.mul(1 - config.beta1()));
    v.muli(config.beta2()).addi(g.muli(g).muli(1 - config.beta2()));
    INDArray root = Transforms.sqrt(v, true);
    root.divi(config.rootOfCorrection(iteration)).addi(config.epsilon());
    m.muli(config.stepSize(iteration, epoch), g); // g = lr·m; m keeps its value
    g.divi(root);
  }

  private static INDArray require(@Nullable INDArray state) {
    if (state == null) {
      throw new IllegalStateException(
          "updater state: expected setStateViewArray before the update");
    }
    return state;
  }
}
