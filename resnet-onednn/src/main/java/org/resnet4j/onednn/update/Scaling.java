package org.resnet4j.onednn.update;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.resnet4j.train.LambScaling;
import org.resnet4j.train.LarsScaling;
import org.resnet4j.train.Orthogonalization;

/** A change of an update that depends on the whole array of parameters. */
sealed interface Scaling {
  /**
   * Returns the part of {@code all} that scales; null if there is none. LARS and LAMB are alone,
   * and an orthogonalisation is the first.
   */
  static @Nullable Scaling of(@Nullable List<Regularization> all, double rate) {
    if (all == null || all.isEmpty()) {
      return null;
    }
    Regularization one = all.get(0);
    if (one instanceof Orthogonalization orthogonalization) {
      return new Orthogonal(orthogonalization, rate);
    }
    if (all.size() > 1) {
      return null;
    }
    if (one instanceof LarsScaling lars) {
      return new OfGradient(lars);
    }
    return one instanceof LambScaling lamb ? new OfUpdate(lamb, rate) : null;
  }

  /** Returns whether a decay of 0 switches this off. */
  boolean isOff();

  /**
   * The decay of an array, and then a factor that depends on the norm of the parameters and on
   * another.
   */
  sealed interface ByNorms extends Scaling {
    /** Returns the decay, which is added before the factor is applied. */
    Penalty decay();
  }

  /** The scaling of LARS; the other norm is that of the gradient without decay. */
  record OfGradient(LarsScaling rule) implements ByNorms {
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
  record OfUpdate(LambScaling rule, double rate) implements ByNorms {
    @Override
    public Penalty decay() {
      return new Penalty(false, (float) (rate * rule.decay()));
    }

    @Override
    public boolean isOff() {
      return rule.decay() == 0;
    }
  }

  /** The orthogonalisation of Muon, after the rule and before other terms. */
  record Orthogonal(Orthogonalization rule, double rate) implements Scaling {
    @Override
    public boolean isOff() {
      return false;
    }
  }
}
