package org.resnet4j.mixing;

import java.util.random.RandomGenerator;

/** The distribution Beta(α, α) on [0, 1]. */
final class Beta {
  private Beta() {}

  /** Refuses an α that is not finite and above 0. */
  static void require(String what, double alpha) {
    if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          what + ": expected a finite alpha above 0 but was " + alpha);
    }
  }

  /** Returns x / (x + y) for x and y of Gamma(α), whose logarithms do not underflow. */
  static double draw(double alpha, RandomGenerator random) {
    double x = logGamma(alpha, random);
    double y = logGamma(alpha, random);
    return 1 / (1 + Math.exp(y - x));
  }

  /**
   * Returns the logarithm of a number drawn from Gamma(α, 1), by the method of Marsaglia and Tsang
   * (ACM Transactions on Mathematical Software 26(3), 2000). For a small α, it is one of α + 1
   * times a power of a uniform number.
   */
  private static double logGamma(double alpha, RandomGenerator random) {
    if (alpha < 1) {
      return logGamma(alpha + 1, random) + Math.log(positive(random)) / alpha;
    }
    double d = alpha - 1 / 3.0;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double root = 1 + c * normal;
      double v = root * root * root;
      if (v > 0 && Math.log(positive(random)) < normal * normal / 2 + d - d * v + d * Math.log(v)) {
        return Math.log(d) + Math.log(v);
      }
    }
  }

  /** Returns a uniform number in (0, 1]. */
  private static double positive(RandomGenerator random) {
    return 1 - random.nextDouble();
  }
}
