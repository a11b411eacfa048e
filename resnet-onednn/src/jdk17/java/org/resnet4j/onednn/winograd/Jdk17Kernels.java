package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.Vectors.all;
import static org.resnet4j.onednn.winograd.Vectors.clip;
import static org.resnet4j.onednn.winograd.Vectors.load;
import static org.resnet4j.onednn.winograd.Vectors.store;

import jdk.incubator.vector.FloatVector;

/**
 * The kernels that use the Vector API and HotSpot's intrinsics of JDK 17; {@link Kernels} loads it.
 */
final class Jdk17Kernels implements VectorKernels {
  @Override
  public Filtering filtering(int side) {
    return side == FourByFour.SIDE ? new FourByFour() : new TwoByTwo();
  }

  @Override
  public void finish(
      long from, long into, int count, long bias, boolean add, float low, float high) {
    FloatVector shift = bias == 0 ? all(0) : load(bias);
    FloatVector least = all(low);
    FloatVector most = all(high);
    for (int i = 0; i < count; i++) {
      long o = i * (long) VECTOR;
      FloatVector result = Vectors.add(load(from + o), shift);
      // HotSpot would box a vector that depends on a condition.
      if (add) {
        store(clip(Vectors.add(result, load(into + o)), least, most), into + o);
      } else {
        store(clip(result, least, most), into + o);
      }
    }
  }

  @Override
  public void add(long into, long more, int count) {
    for (int i = 0; i < count; i++) {
      long o = i * (long) VECTOR;
      store(Vectors.add(load(into + o), load(more + o)), into + o);
    }
  }
}
