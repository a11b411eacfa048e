package org.resnet4j.onednn.winograd;

import java.util.List;
import org.resnet4j.onednn.winograd.Filter.Emission;

/**
 * The filters F(2, 3) at the points 0, ±1 and ∞ (Lavin and Gray 2016, section 4.1), for inference.
 */
final class TwoByTwo implements Filters {
  @Override
  public Filter inputs() {
    return new Filter(4, 4, List.of(), TwoByTwo::inputs);
  }

  private static void inputs(Emission to) {
    to.subtract(0, 0, 2);
    to.store(0, 0);
    to.add(4, 1, 2);
    to.store(1, 4);
    to.subtract(2, 2, 1);
    to.store(2, 2);
    to.subtract(1, 1, 3);
    to.store(3, 1);
  }

  @Override
  public Filter outputs() {
    return new Filter(4, 2, List.of(), TwoByTwo::outputs);
  }

  private static void outputs(Emission to) {
    to.add(0, 0, 1);
    to.add(0, 0, 2);
    to.store(0, 0);
    to.subtract(1, 1, 2);
    to.subtract(1, 1, 3);
    to.store(1, 1);
  }

  @Override
  public Filter weights() {
    return new Filter(3, 4, List.of(0.5f), TwoByTwo::weights);
  }

  private static void weights(Emission to) {
    to.store(0, 0);
    to.scale(1, 1, 0);
    to.add(3, 0, 2);
    to.scale(3, 3, 0);
    to.add(4, 3, 1);
    to.store(1, 4);
    to.subtract(4, 3, 1);
    to.store(2, 4);
    to.store(3, 2);
  }

  @Override
  public Filter gradients() {
    throw forTraining();
  }

  @Override
  public Filter weightGradients() {
    throw forTraining();
  }

  private static AssertionError forTraining() {
    return new AssertionError("training takes tiles of 4×4");
  }
}
