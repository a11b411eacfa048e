package org.resnet4j.onednn.update;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.resnet4j.train.LambScaling;
import org.resnet4j.train.LarsScaling;

/**
 * The decay of a whole array of parameters and a factor that depends on two norms of it: that of
 * the parameters, and another.
 */
sealed interface Scaling {
  /** Returns the part of {@code all} that scales; null if there is none or it is not alone. */
  static @Nullable Scaling of(@Nullable List<Regularization> all, double rate) {
    if (all == null || all.size() != 1) {
      return null;
    }
    Regularization one = all.get(0);
    if (one instanceof LarsScaling lars) {
      return new OfGradient(lars);
    }
    return one instanceof LambScaling lamb ? new OfUpdate(lamb, rate) : null;
  }

  /** Returns the decay, which is added before the factor is applied. */
  Penalty decay();

  /** Returns whether a decay of 0 switches this off. */
  boolean isOff();

  /** The scaling of LARS; the other norm is that of the gradient without decay. */
  record OfGradient(LarsScaling rule) implements Scaling {
    @Override
    public Penalty decay() {
      return new Penalty(false, (float) rule.decay());
    }

    @Override
    public boolean isOff() {
      return rule.decay() == 0;
    }
  }

  /** The scaling of LAMB; the other norm is that of the update with decay. */
  record OfUpdate(LambScaling rule, double rate) implements Scaling {
    @Override
    public Penalty decay() {
      return new Penalty(false, (float) (rate * rule.decay()));
    }

    @Override
    public boolean isOff() {
      return rule.decay() == 0;
    }
  }
}
