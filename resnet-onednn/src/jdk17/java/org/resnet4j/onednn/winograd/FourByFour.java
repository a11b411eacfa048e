package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.add;
import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.fma;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.mul;
import static org.resnet4j.onednn.winograd.Vectors.store;
import static org.resnet4j.onednn.winograd.Vectors.sub;

import jdk.incubator.vector.FloatVector;

/**
 * The transforms F(4, 3): polynomials are evaluated at 0, ±1/√2, ±√2 and ∞. The points 0, ±1, ±2
 * and ∞ of Lavin and Gray need as many operations and lose two more bits (docs/adr/0011).
 */
final class FourByFour implements Filtering {
  static final int SIDE = 4;
  private static final float SMALL = (float) Math.sqrt(0.5);
  private static final float LARGE = (float) Math.sqrt(2);

  @Override
  public void inputs(long[] from, long step, long into, long apart, long next, int count) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector outer = all(-2.5f);
    FloatVector minusTwo = all(-2);
    FloatVector minusHalf = all(-0.5f);
    long at0 = from[0];
    long at1 = from[1];
    long at2 = from[2];
    long at3 = from[3];
    long at4 = from[4];
    long at5 = from[5];
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector d0 = load(at0 + o);
      FloatVector d1 = load(at1 + o);
      FloatVector d2 = load(at2 + o);
      FloatVector d3 = load(at3 + o);
      FloatVector d4 = load(at4 + o);
      FloatVector d5 = load(at5 + o);
      store(fma(d2, outer, add(d0, d4)), z);
      FloatVector even = fma(d2, minusTwo, d4);
      FloatVector odd = fma(d1, minusTwo, d3);
      store(fma(odd, small, even), z + apart);
      store(fma(odd, minusSmall, even), z + 2 * apart);
      FloatVector even2 = fma(d2, minusHalf, d4);
      FloatVector odd2 = fma(d1, minusHalf, d3);
      store(fma(odd2, large, even2), z + 3 * apart);
      store(fma(odd2, minusLarge, even2), z + 4 * apart);
      store(fma(d3, outer, add(d1, d5)), z + 5 * apart);
    }
  }

  @Override
  public void outputs(long[] from, long step, long into, long apart, long next, int count) {
    FloatVector small = all(SMALL);
    FloatVector large = all(LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    FloatVector halfSmall = all(SMALL / 2);
    FloatVector twiceLarge = all(2 * LARGE);
    long at0 = from[0];
    long at1 = from[1];
    long at2 = from[2];
    long at3 = from[3];
    long at4 = from[4];
    long at5 = from[5];
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector m1 = load(at1 + o);
      FloatVector m2 = load(at2 + o);
      FloatVector m3 = load(at3 + o);
      FloatVector m4 = load(at4 + o);
      FloatVector even = add(m1, m2);
      FloatVector odd = sub(m1, m2);
      FloatVector even2 = add(m3, m4);
      FloatVector odd2 = sub(m3, m4);
      store(add(add(load(at0 + o), even), even2), z);
      store(fma(odd2, large, mul(odd, small)), z + apart);
      store(fma(even2, two, mul(even, half)), z + 2 * apart);
      store(fma(odd2, twiceLarge, fma(odd, halfSmall, load(at5 + o))), z + 3 * apart);
    }
  }

  @Override
  public void gradients(long[] from, long step, long into, long apart, long next, int count) {
    FloatVector small = all(SMALL);
    FloatVector minusSmall = all(-SMALL);
    FloatVector large = all(LARGE);
    FloatVector minusLarge = all(-LARGE);
    FloatVector half = all(0.5f);
    FloatVector two = all(2);
    long at0 = from[0];
    long at1 = from[1];
    long at2 = from[2];
    long at3 = from[3];
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector y0 = load(at0 + o);
      FloatVector y1 = load(at1 + o);
      FloatVector y2 = load(at2 + o);
      FloatVector y3 = load(at3 + o);
      store(y0, z);
      FloatVector even = fma(y2, half, y0);
      FloatVector odd = fma(y3, half, y1);
      store(fma(odd, small, even), z + apart);
      store(fma(odd, minusSmall, even), z + 2 * apart);
      FloatVector even2 = fma(y2, two, y0);
      FloatVector odd2 = fma(y3, two, y1);
      store(fma(odd2, large, even2), z + 3 * apart);
      store(fma(odd2, minusLarge, even2), z + 4 * apart);
      store(y3, z + 5 * apart);
    }
  }

  @Override
  public void weights(long[] from, long step, long into, long apart, long next, int count) {
    for (int i = 0; i < count; i++) {
      long z = into + i * next;
      FloatVector g0 = load(from[0] + i * step);
      FloatVector g1 = load(from[1] + i * step);
      FloatVector g2 = load(from[2] + i * step);
      store(g0, z);
      FloatVector even = add(mul(g0, all(-2 / 3f)), mul(g2, all(-1 / 3f)));
      FloatVector odd = mul(g1, all(LARGE / 3));
      store(sub(even, odd), z + apart);
      store(add(even, odd), z + 2 * apart);
      FloatVector even2 = add(mul(g0, all(1 / 6f)), mul(g2, all(1 / 3f)));
      FloatVector odd2 = mul(g1, all(LARGE / 6));
      store(add(even2, odd2), z + 3 * apart);
      store(sub(even2, odd2), z + 4 * apart);
      store(g2, z + 5 * apart);
    }
  }

  @Override
  public void weightGradients(long[] from, long step, long into, long apart, long next, int count) {
    FloatVector sixth = all(LARGE / 6);
    FloatVector third = all(LARGE / 3);
    for (int i = 0; i < count; i++) {
      long o = i * step;
      long z = into + i * next;
      FloatVector m1 = load(from[1] + o);
      FloatVector m2 = load(from[2] + o);
      FloatVector m3 = load(from[3] + o);
      FloatVector m4 = load(from[4] + o);
      FloatVector even = add(m1, m2);
      FloatVector even2 = add(m3, m4);
      store(add(add(load(from[0] + o), mul(even, all(-2 / 3f))), mul(even2, all(1 / 6f))), z);
      store(add(mul(sub(m2, m1), third), mul(sub(m3, m4), sixth)), z + apart);
      store(add(mul(sub(even2, even), all(1 / 3f)), load(from[5] + o)), z + 2 * apart);
    }
  }
}
