package org.resnet4j.onednn.update;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * A regularisation term of one step: {@code g ← g + coefficient·p}, or of the sign of {@code p}.
 *
 * @param ofSign whether the sign is used, as by L1
 */
record Penalty(boolean ofSign, float coefficient) {

  /**
   * Returns the terms of {@code all} that apply at {@code step}, in their order; null for unknown
   * kinds.
   */
  static @Nullable List<Penalty> of(
      @Nullable List<Regularization> all, ApplyStep step, double rate, int iteration, int epoch) {
    List<Penalty> penalties = new ArrayList<>();
    for (Regularization one : all == null ? List.<Regularization>of() : all) {
      Penalty penalty = of(one, rate, iteration, epoch);
      if (penalty == null) {
        return null;
      }
      if (one.applyStep() == step) {
        penalties.add(penalty);
      }
    }
    return penalties;
  }

  private static @Nullable Penalty of(Regularization one, double rate, int iteration, int epoch) {
    if (one.getClass() == L2Regularization.class) {
      return new Penalty(false, (float) ((L2Regularization) one).getL2().valueAt(iteration, epoch));
    }
    if (one.getClass() == L1Regularization.class) {
      return new Penalty(true, (float) ((L1Regularization) one).getL1().valueAt(iteration, epoch));
    }
    if (one.getClass() == WeightDecay.class) {
      WeightDecay decay = (WeightDecay) one;
      double coefficient = decay.getCoeff().valueAt(iteration, epoch);
      return new Penalty(false, (float) (decay.isApplyLR() ? coefficient * rate : coefficient));
    }
    return null;
  }

  void apply(float[] parameters, float[] gradient, int length) {
    float c = coefficient;
    if (ofSign) {
      for (int i = 0; i < length; i++) {
        gradient[i] += c * Math.signum(parameters[i]);
      }
    } else {
      for (int i = 0; i < length; i++) {
        gradient[i] += c * parameters[i];
      }
    }
  }
}
