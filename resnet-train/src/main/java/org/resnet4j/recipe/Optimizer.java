package org.resnet4j.recipe;

import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.SgdMomentum;

/** The rule by which gradients change parameters. */
public enum Optimizer {
  /** Gradient descent with the recipe's momentum: PyTorch's {@code SGD}. */
  SGD,
  /** The same with {@code nesterov=True}. */
  NESTEROV,
  /**
   * Adam with decoupled weight decay: PyTorch's {@code AdamW} with β₂ = 0.999 and ε = 10⁻⁸. The
   * recipe's momentum is β₁.
   */
  ADAMW,
  /** LAMB of timm, with β₂ = 0.999 and ε = 10⁻⁶. The recipe's momentum is β₁. */
  LAMB,
  /**
   * Muon: the updates of convolutions' filters by {@link #NESTEROV} are orthogonalised, and a
   * filter changes by about the learning rate. {@link #NESTEROV} with the same rate updates all
   * other parameters. Weight decay is decoupled. See {@link org.resnet4j.train.Orthogonalization}.
   */
  MUON;

  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double EPSILON_OF_LAMB = 1e-6;

  IUpdater updater(ISchedule rate, double momentum) {
    return switch (this) {
      case SGD -> momentum == 0 ? new Sgd(rate) : new SgdMomentum(rate, momentum);
      case NESTEROV, MUON -> new SgdMomentum(rate, momentum).nesterov();
      case ADAMW -> new AdamW(rate, momentum, BETA2, EPSILON);
      case LAMB -> new AdamW(rate, momentum, BETA2, EPSILON_OF_LAMB);
    };
  }

  /** Returns the weight decay. */
  ParameterDecay decay(double rate, ParameterDecay.Scope scope) {
    return switch (this) {
      case SGD, NESTEROV -> ParameterDecay.coupled(rate, scope);
      case ADAMW -> ParameterDecay.decoupled(rate, scope);
      case LAMB -> ParameterDecay.lamb(rate, scope);
      case MUON -> ParameterDecay.muon(rate, scope);
    };
  }
}
