package org.resnet4j.image;

import java.util.random.RandomGenerator;

/**
 * Random shares that sum to 1, by gamma variates of Marsaglia and Tsang, "A Simple Method for
 * Generating Gamma Variables" (2000).
 */
final class Dirichlet {
  private Dirichlet() {}

  /** Returns {@code count} shares of equal parameters {@code alpha}. */
  static float[] draw(int count, double alpha, RandomGenerator random) {
    double[] variates = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      variates[i] = gamma(alpha, random);
      sum += variates[i];
    }
    float[] shares = new float[count];
    for (int i = 0; i < count; i++) {
      // A small alpha may underflow in all of them.
      shares[i] = sum > 0 ? (float) (variates[i] / sum) : i == 0 ? 1 : 0;
    }
    return shares;
  }

  private static double gamma(double alpha, RandomGenerator random) {
    if (alpha == 1) {
      return random.nextExponential();
    }
    if (alpha < 1) {
      return gamma(alpha + 1, random) * Math.pow(1 - random.nextDouble(), 1 / alpha);
    }
    double shifted = alpha - 1.0 / 3;
    double scale = 1 / Math.sqrt(9 * shifted);
    while (true) {
      double normal = random.nextGaussian();
      double cube = Math.pow(1 + scale * normal, 3);
      double accepted = normal * normal / 2 + shifted - shifted * cube;
      if (cube > 0 && Math.log(1 - random.nextDouble()) < accepted + shifted * Math.log(cube)) {
        return shifted * cube;
      }
    }
  }
}
