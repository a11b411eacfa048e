package org.resnet4j.graph;

import java.util.List;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * A batch norm whose γ and β are regularised as weights are, which PyTorch's optimisers do unless
 * they are told otherwise. Deeplearning4j never regularises its own batch norm.
 */
public final class DecayedBatchNormalization extends BatchNormalization {
  private static final long serialVersionUID = 1;

  /** Creates a layer with the defaults, also for Jackson. */
  private DecayedBatchNormalization() {}

  /** Returns a layer with the settings of {@code norm}. */
  public static DecayedBatchNormalization of(BatchNormalization norm) {
    DecayedBatchNormalization copy = new DecayedBatchNormalization();
    copy.setLayerName(norm.getLayerName());
    copy.setNIn(norm.getNIn());
    copy.setNOut(norm.getNOut());
    copy.setDecay(norm.getDecay());
    copy.setEps(norm.getEps());
    copy.setMinibatch(norm.isMinibatch());
    copy.setGamma(norm.getGamma());
    copy.setBeta(norm.getBeta());
    copy.setLockGammaBeta(norm.isLockGammaBeta());
    copy.setUseLogStd(norm.isUseLogStd());
    copy.setCnn2DFormat(norm.getCnn2DFormat());
    copy.setCudnnAllowFallback(norm.isCudnnAllowFallback());
    copy.setGradientNormalization(norm.getGradientNormalization());
    copy.setGradientNormalizationThreshold(norm.getGradientNormalizationThreshold());
    return copy;
  }

  @Override
  public @Nullable List<Regularization> getRegularizationByParam(String paramName) {
    boolean trained =
        paramName.equals(BatchNormalizationParamInitializer.GAMMA)
            || paramName.equals(BatchNormalizationParamInitializer.BETA);
    return trained ? getRegularization() : null;
  }
}
