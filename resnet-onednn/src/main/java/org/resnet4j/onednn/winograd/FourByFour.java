package org.resnet4j.onednn.winograd;

import java.util.List;
import org.resnet4j.onednn.winograd.Filter.Emission;

/**
 * The filters F(4, 3): polynomials are evaluated at 0, ±1/√2, ±√2 and ∞. The points 0, ±1, ±2 and ∞
 * of Lavin and Gray need as many operations and lose two more bits (docs/adr/0011).
 */
final class FourByFour implements Filters {
  static final int SIDE = 4;
  private static final float SMALL = (float) Math.sqrt(0.5);
  private static final float LARGE = (float) Math.sqrt(2);

  @Override
  public Filter inputs() {
    return new Filter(6, 6, List.of(SMALL, LARGE, 0.5f, 2f, 2.5f), FourByFour::inputs);
  }

  private static void inputs(Emission to) {
    to.add(6, 0, 4);
    to.minus(6, 6, 2, 4);
    to.store(0, 6);
    evenAndOdd(to, 4, 2, 3, 1, 3, 0, 1);
    evenAndOdd(to, 4, 2, 3, 1, 2, 1, 3);
    to.add(6, 1, 5);
    to.minus(6, 6, 3, 4);
    to.store(5, 6);
  }

  /** Computes even and odd parts a - b · c and p - q · c, and even ± odd · factor. */
  private static void evenAndOdd(
      Emission to, int a, int b, int p, int q, int c, int factor, int result) {
    to.minus(6, a, b, c);
    to.minus(7, p, q, c);
    to.plus(8, 6, 7, factor);
    to.store(result, 8);
    to.minus(6, 6, 7, factor);
    to.store(result + 1, 6);
  }

  @Override
  public Filter outputs() {
    return new Filter(
        6, 4, List.of(SMALL, LARGE, 0.5f, 2f, SMALL / 2, 2 * LARGE), FourByFour::outputs);
  }

  private static void outputs(Emission to) {
    to.add(6, 1, 2);
    to.subtract(1, 1, 2);
    to.add(7, 3, 4);
    to.subtract(3, 3, 4);
    to.add(0, 0, 6);
    to.add(0, 0, 7);
    to.store(0, 0);
    to.scale(0, 1, 0);
    to.plus(0, 0, 3, 1);
    to.store(1, 0);
    to.scale(0, 6, 2);
    to.plus(0, 0, 7, 3);
    to.store(2, 0);
    to.plus(5, 5, 1, 4);
    to.plus(5, 5, 3, 5);
    to.store(3, 5);
  }

  @Override
  public Filter gradients() {
    return new Filter(4, 6, List.of(SMALL, LARGE, 0.5f, 2f), FourByFour::gradients);
  }

  private static void gradients(Emission to) {
    to.store(0, 0);
    sumAndDifference(to, 2, 0, 1);
    sumAndDifference(to, 3, 1, 3);
    to.store(5, 3);
  }

  /** Computes even and odd parts by a factor of the higher orders, and even ± odd · other. */
  private static void sumAndDifference(Emission to, int factor, int other, int result) {
    to.plus(4, 0, 2, factor);
    to.plus(5, 1, 3, factor);
    to.plus(6, 4, 5, other);
    to.store(result, 6);
    to.minus(4, 4, 5, other);
    to.store(result + 1, 4);
  }

  @Override
  public Filter weights() {
    return new Filter(
        3, 6, List.of(-2 / 3f, -1 / 3f, LARGE / 3, 1 / 6f, LARGE / 6), FourByFour::weights);
  }

  private static void weights(Emission to) {
    to.store(0, 0);
    to.scale(3, 0, 0);
    to.plus(3, 3, 2, 1);
    to.scale(4, 1, 2);
    to.subtract(5, 3, 4);
    to.store(1, 5);
    to.add(5, 3, 4);
    to.store(2, 5);
    to.scale(3, 0, 3);
    to.minus(3, 3, 2, 1);
    to.scale(4, 1, 4);
    to.add(5, 3, 4);
    to.store(3, 5);
    to.subtract(5, 3, 4);
    to.store(4, 5);
    to.store(5, 2);
  }

  @Override
  public Filter weightGradients() {
    return new Filter(
        6, 3, List.of(-2 / 3f, 1 / 3f, LARGE / 3, 1 / 6f, LARGE / 6), FourByFour::weightGradients);
  }

  private static void weightGradients(Emission to) {
    to.add(6, 1, 2);
    to.add(7, 3, 4);
    to.plus(0, 0, 6, 0);
    to.plus(0, 0, 7, 3);
    to.store(0, 0);
    to.subtract(2, 2, 1);
    to.subtract(3, 3, 4);
    to.scale(2, 2, 2);
    to.plus(2, 2, 3, 4);
    to.store(1, 2);
    to.subtract(7, 7, 6);
    to.plus(5, 5, 7, 1);
    to.store(2, 5);
  }
}
