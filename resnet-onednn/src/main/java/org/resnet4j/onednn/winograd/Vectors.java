package org.resnet4j.onednn.winograd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Vectors of sixteen floats, and the numbers that all transformations share. */
final class Vectors {
  static final ByteOrder ORDER = ByteOrder.nativeOrder();
  static final int LANES = 16;
  static final int VECTOR = LANES * Float.BYTES;

  /**
   * For tiles of 4×4, polynomials are evaluated at 0, ±1/√2, ±√2 and ∞. Lavin and Gray's 0, ±1, ±2
   * and ∞ need as many operations and lose two bits more (docs/adr/0011).
   */
  static final float SMALL = (float) Math.sqrt(0.5);

  static final float LARGE = (float) Math.sqrt(2);

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

  private Vectors() {}

  static FloatVector load(ByteBuffer from, int at) {
    return FloatVector.fromByteBuffer(SPECIES, from, at, ORDER);
  }

  static void store(FloatVector vector, ByteBuffer into, int at) {
    vector.intoByteBuffer(into, at, ORDER);
  }

  static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(SPECIES, from, at);
  }

  static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
