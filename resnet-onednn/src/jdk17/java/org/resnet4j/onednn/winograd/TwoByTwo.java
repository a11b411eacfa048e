package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.add;
import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.mul;
import static org.resnet4j.onednn.winograd.Vectors.store;
import static org.resnet4j.onednn.winograd.Vectors.sub;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms F(2, 3) at the points 0, ±1 and ∞ (Lavin and Gray 2016, section 4.1), for
 * inference.
 */
final class TwoByTwo implements Filtering {
  @Override
  public void inputs(long[] from, long step, long into, long apart, long next, int count) {
    long at0 = from[0];
    long at1 = from[1];
    long at2 = from[2];
    long at3 = from[3];
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector d1 = load(at1 + o);
      FloatVector d2 = load(at2 + o);
      store(sub(load(at0 + o), d2), z);
      store(add(d1, d2), z + apart);
      store(sub(d2, d1), z + 2 * apart);
      store(sub(d1, load(at3 + o)), z + 3 * apart);
    }
  }

  @Override
  public void outputs(long[] from, long step, long into, long apart, long next, int count) {
    long at0 = from[0];
    long at1 = from[1];
    long at2 = from[2];
    long at3 = from[3];
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector m1 = load(at1 + o);
      FloatVector m2 = load(at2 + o);
      store(add(add(load(at0 + o), m1), m2), z);
      store(sub(sub(m1, m2), load(at3 + o)), z + apart);
    }
  }

  @Override
  public void weights(long[] from, long step, long into, long apart, long next, int count) {
    FloatVector half = all(0.5f);
    for (int i = 0; i < count; i++) {
      long z = into + i * next;
      FloatVector g0 = load(from[0] + i * step);
      FloatVector g1 = mul(load(from[1] + i * step), half);
      FloatVector g2 = load(from[2] + i * step);
      store(g0, z);
      FloatVector even = mul(add(g0, g2), half);
      store(add(even, g1), z + apart);
      store(sub(even, g1), z + 2 * apart);
      store(g2, z + 3 * apart);
    }
  }

  @Override
  public void gradients(long[] from, long step, long into, long apart, long next, int count) {
    throw forTraining();
  }

  @Override
  public void weightGradients(long[] from, long step, long into, long apart, long next, int count) {
    throw forTraining();
  }

  private static AssertionError forTraining() {
    return new AssertionError("training takes tiles of 4×4");
  }
}
