package org.resnet4j.onednn.winograd;

import com.sun.jna.Pointer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import jdk.internal.vm.vector.VectorSupport;

/** Vectors of sixteen floats, and the numbers that all transformations share. */
final class Vectors {
  static final int LANES = 16;
  static final int VECTOR = LANES * Float.BYTES;

  /**
   * For tiles of 4×4, polynomials are evaluated at 0, ±1/√2, ±√2 and ∞. Lavin and Gray's 0, ±1, ±2
   * and ∞ need as many operations and lose two bits more (docs/adr/0011).
   */
  static final float SMALL = (float) Math.sqrt(0.5);

  static final float LARGE = (float) Math.sqrt(2);

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

  /** The species as HotSpot's own methods take it. */
  @SuppressWarnings("unchecked")
  private static final VectorSupport.VectorSpecies<Float> OF_HOTSPOT =
      (VectorSupport.VectorSpecies<Float>) (Object) SPECIES;

  /** What HotSpot keeps in a register. */
  @SuppressWarnings("unchecked")
  private static final Class<FloatVector> REGISTER =
      (Class<FloatVector>) FloatVector.zero(SPECIES).getClass();

  private Vectors() {}

  /**
   * Of native memory. The public way there, a byte buffer, takes twice as long: HotSpot looks into
   * it at every access. Callers have checked where {@code address} is.
   */
  static FloatVector load(long address) {
    return VectorSupport.load(
        REGISTER,
        float.class,
        LANES,
        null,
        address,
        null,
        0,
        OF_HOTSPOT,
        (container, index, species) -> slowly(address));
  }

  /** Until HotSpot has compiled the caller. */
  private static FloatVector slowly(long address) {
    float[] values = new float[LANES];
    new Pointer(address).read(0, values, 0, LANES);
    return load(values, 0);
  }

  /** Into native memory; see {@link #load(long)}. */
  static void store(FloatVector vector, long address) {
    VectorSupport.store(
        REGISTER,
        float.class,
        LANES,
        null,
        address,
        vector,
        null,
        0,
        (container, index, values) ->
            new Pointer(address).write(0, ((FloatVector) values).toArray(), 0, LANES));
  }

  static FloatVector load(float[] from, int at) {
    return FloatVector.fromArray(SPECIES, from, at);
  }

  static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
