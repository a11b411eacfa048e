package org.resnet4j.onednn.update;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.SgdMomentum;

/** The arithmetic of an updater in one step, which turns a gradient into an update. */
sealed interface Rule {
  /** Returns the number of state arrays beside the parameters, 0 to 2. */
  int states();

  /**
   * Replaces the gradient by the update, with the operations of Deeplearning4j in their order, so
   * that results are bitwise equal.
   */
  void apply(float[] gradient, float[] first, float[] second, int length);

  /** Returns the rule of {@code updater} in this step; null for an updater without a fused form. */
  static @Nullable Rule of(IUpdater updater, int iteration, int epoch) {
    Class<?> kind = updater.getClass();
    if (kind == NoOp.class) {
      return new Keep();
    }
    if (kind == Sgd.class) {
      return new Descent((float) updater.getLearningRate(iteration, epoch));
    }
    if (updater instanceof SgdMomentum sgd) {
      float rate = (float) sgd.getLearningRate(iteration, epoch);
      float momentum = (float) sgd.momentum();
      return sgd.isNesterov() ? new LookAhead(rate, momentum) : new Polyak(rate, momentum);
    }
    if (updater instanceof AdamW adam) {
      return CorrectedMoments.of(adam, iteration, epoch);
    }
    if (kind == Nesterovs.class) {
      return new Nesterov(
          (float) updater.getLearningRate(iteration, epoch),
          (float) ((Nesterovs) updater).currentMomentum(iteration, epoch));
    }
    return kind == Adam.class ? Moments.of((Adam) updater, iteration, epoch) : null;
  }

  /** The rule of NoOp: the gradient is the update. */
  record Keep() implements Rule {
    @Override
    public int states() {
      return 0;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {}
  }

  /** The rule of plain gradient descent. */
  record Descent(float rate) implements Rule {
    @Override
    public int states() {
      return 0;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = rate;
      for (int i = 0; i < length; i++) {
        gradient[i] *= lr;
      }
    }
  }

  /** The rule of {@link SgdMomentum}. */
  record Polyak(float rate, float momentum) implements Rule {
    @Override
    public int states() {
      return 1;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = rate;
      float mu = momentum;
      for (int i = 0; i < length; i++) {
        float v = mu * first[i] + gradient[i];
        first[i] = v;
        gradient[i] = v * lr;
      }
    }
  }

  /** The rule of {@link SgdMomentum} with Nesterov's momentum. */
  record LookAhead(float rate, float momentum) implements Rule {
    @Override
    public int states() {
      return 1;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = rate;
      float mu = momentum;
      for (int i = 0; i < length; i++) {
        float g = gradient[i];
        float v = mu * first[i] + g;
        first[i] = v;
        gradient[i] = (mu * v + g) * lr;
      }
    }
  }

  /**
   * The rule of Deeplearning4j's Nesterov momentum, with the learning rate included in the
   * velocity.
   */
  record Nesterov(float rate, float momentum) implements Rule {
    @Override
    public int states() {
      return 1;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = rate;
      float mu = momentum;
      float ahead = -mu - 1f;
      for (int i = 0; i < length; i++) {
        float kept = mu * first[i];
        float v = kept - lr * gradient[i];
        first[i] = v;
        gradient[i] = kept + ahead * v;
      }
    }
  }

  /**
   * The rule of Adam.
   *
   * @param rate with both bias corrections
   */
  record Moments(float rate, float beta1, float beta2, float epsilon) implements Rule {
    static Moments of(Adam adam, int iteration, int epoch) {
      float beta1 = (float) adam.getBeta1();
      float beta2 = (float) adam.getBeta2();
      float epsilon = (float) adam.getEpsilon();
      float power1 = (float) Math.pow(beta1, iteration + 1f);
      float power2 = (float) Math.pow(beta2, iteration + 1f);
      float lr = (float) adam.getLearningRate(iteration, epoch);
      float rate = (float) (lr * (float) Math.sqrt((float) (1.0 - power2)) / (1.0 - power1));
      boolean usable = rate != 0 && !Float.isNaN(rate) && !Float.isInfinite(rate);
      return new Moments(usable ? rate : epsilon, beta1, beta2, epsilon);
    }

    @Override
    public int states() {
      return 2;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = rate;
      float b1 = beta1;
      float b2 = beta2;
      float e = epsilon;
      for (int i = 0; i < length; i++) {
        float g = gradient[i];
        float m = b1 * first[i] + g * (1f - b1);
        float v = b2 * second[i] + g * g * (1f - b2);
        first[i] = m;
        second[i] = v;
        gradient[i] = m * lr / ((float) Math.sqrt(v) + e);
      }
    }
  }

  /**
   * The rule of {@link AdamW}.
   *
   * @param rate with the correction of the first moment's bias
   * @param root of the correction of the second moment's bias
   */
  record CorrectedMoments(double rate, double root, double beta1, double beta2, double epsilon)
      implements Rule {
    private static CorrectedMoments of(AdamW adam, int iteration, int epoch) {
      return new CorrectedMoments(
          adam.stepSize(iteration, epoch),
          adam.rootOfCorrection(iteration),
          adam.beta1(),
          adam.beta2(),
          adam.epsilon());
    }

    @Override
    public int states() {
      return 2;
    }

    @Override
    public void apply(float[] gradient, float[] first, float[] second, int length) {
      float lr = (float) rate;
      float divisor = (float) root;
      float e = (float) epsilon;
      float b1 = (float) beta1;
      float b2 = (float) beta2;
      float rest1 = (float) (1 - beta1);
      float rest2 = (float) (1 - beta2);
      for (int i = 0; i < length; i++) {
        float g = gradient[i];
        float m = b1 * first[i] + g * rest1;
        float v = b2 * second[i] + g * g * rest2;
        first[i] = m;
        second[i] = v;
        gradient[i] = m * lr / ((float) Math.sqrt(v) / divisor + e);
      }
    }
  }
}
