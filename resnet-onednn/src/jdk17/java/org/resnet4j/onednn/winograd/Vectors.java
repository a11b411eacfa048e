package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.winograd.VectorKernels.LANES;

import com.sun.jna.Pointer;
import java.util.Objects;
import java.util.function.BiFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import jdk.internal.vm.vector.VectorSupport;

/**
 * Calls the JDK's vector intrinsics directly, on vectors of sixteen floats. An addition through
 * {@link FloatVector} expands to some hundred nodes of HotSpot's graph (docs/adr/0011). Beyond
 * HotSpot's limit of nodes, inlining stops and vectors are boxed.
 */
final class Vectors {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

  /** The species, with the type that HotSpot's intrinsics take. */
  @SuppressWarnings("unchecked")
  private static final VectorSupport.VectorSpecies<Float> OF_HOTSPOT =
      (VectorSupport.VectorSpecies<Float>) (Object) SPECIES;

  /** The class whose instances HotSpot keeps in a register. */
  @SuppressWarnings("unchecked")
  private static final Class<FloatVector> REGISTER =
      (Class<FloatVector>) FloatVector.zero(SPECIES).getClass();

  @SuppressWarnings("unchecked")
  private static final Class<VectorMask<Float>> MASK =
      (Class<VectorMask<Float>>) SPECIES.maskAll(false).getClass();

  // The implementations until HotSpot has compiled the caller.
  private static final VectorSupport.BroadcastOperation<
          FloatVector, Float, VectorSupport.VectorSpecies<Float>>
      SLOW_ALL =
          (bits, species) -> FloatVector.broadcast(SPECIES, Float.intBitsToFloat((int) bits));
  private static final BiFunction<FloatVector, FloatVector, FloatVector> SLOW_ADD =
      FloatVector::add;
  private static final BiFunction<FloatVector, FloatVector, FloatVector> SLOW_SUB =
      FloatVector::sub;
  private static final BiFunction<FloatVector, FloatVector, FloatVector> SLOW_MUL =
      FloatVector::mul;
  private static final VectorSupport.TernaryOperation<FloatVector> SLOW_FMA = FloatVector::fma;

  private static final VectorSupport.VectorCompareOp<FloatVector, VectorMask<Float>> SLOW_LESS =
      (condition, left, right) -> left.lt(right);
  private static final VectorSupport.VectorBlendOp<FloatVector, VectorMask<Float>, Float>
      SLOW_BLEND = (from, chosen, mask) -> from.blend(chosen, mask);

  private Vectors() {}

  /**
   * Loads a vector from native memory. The public API, a byte buffer, takes twice as long: HotSpot
   * checks it at every access. Callers must have checked {@code address}.
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

  private static FloatVector slowly(long address) {
    float[] values = new float[LANES];
    new Pointer(address).read(0, values, 0, LANES);
    return FloatVector.fromArray(SPECIES, values, 0);
  }

  /** Stores a vector to native memory; see {@link #load(long)}. */
  static void store(FloatVector vector, long address) {
    VectorSupport.store(
        REGISTER,
        float.class,
        LANES,
        null,
        address,
        known(vector),
        null,
        0,
        (container, index, values) ->
            new Pointer(address).write(0, ((FloatVector) values).toArray(), 0, LANES));
  }

  static FloatVector all(float value) {
    return VectorSupport.broadcastCoerced(
        REGISTER, float.class, LANES, Float.floatToRawIntBits(value), OF_HOTSPOT, SLOW_ALL);
  }

  static FloatVector add(FloatVector left, FloatVector right) {
    return VectorSupport.binaryOp(
        VectorSupport.VECTOR_OP_ADD,
        REGISTER,
        float.class,
        LANES,
        known(left),
        known(right),
        SLOW_ADD);
  }

  static FloatVector sub(FloatVector left, FloatVector right) {
    return VectorSupport.binaryOp(
        VectorSupport.VECTOR_OP_SUB,
        REGISTER,
        float.class,
        LANES,
        known(left),
        known(right),
        SLOW_SUB);
  }

  static FloatVector mul(FloatVector left, FloatVector right) {
    return VectorSupport.binaryOp(
        VectorSupport.VECTOR_OP_MUL,
        REGISTER,
        float.class,
        LANES,
        known(left),
        known(right),
        SLOW_MUL);
  }

  /** Returns left · right + more, rounded once. */
  static FloatVector fma(FloatVector left, FloatVector right, FloatVector more) {
    return VectorSupport.ternaryOp(
        VectorSupport.VECTOR_OP_FMA,
        REGISTER,
        float.class,
        LANES,
        known(left),
        known(right),
        known(more),
        SLOW_FMA);
  }

  /**
   * Casts a vector to the class of sixteen floats, which HotSpot must know for its intrinsics.
   * Without the cast, a method compiled on its own would grow too large to be inlined.
   */
  private static FloatVector known(FloatVector vector) {
    return Objects.requireNonNull(REGISTER.cast(vector));
  }

  /** Clips values to {@code low} and {@code high}; NaN stays NaN. */
  static FloatVector clip(FloatVector values, FloatVector low, FloatVector high) {
    FloatVector raised = blend(values, low, isLess(values, low));
    return blend(raised, high, isLess(high, raised));
  }

  private static VectorMask<Float> isLess(FloatVector left, FloatVector right) {
    return VectorSupport.compare(
        VectorSupport.BT_lt,
        REGISTER,
        MASK,
        float.class,
        LANES,
        known(left),
        known(right),
        SLOW_LESS);
  }

  /** Returns the lanes of {@code chosen} where {@code mask} is set, else those of {@code from}. */
  private static FloatVector blend(FloatVector from, FloatVector chosen, VectorMask<Float> mask) {
    return VectorSupport.blend(
        REGISTER,
        MASK,
        float.class,
        LANES,
        known(from),
        known(chosen),
        Objects.requireNonNull(MASK.cast(mask)),
        SLOW_BLEND);
  }
}
