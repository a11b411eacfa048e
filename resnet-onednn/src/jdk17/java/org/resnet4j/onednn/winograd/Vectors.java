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
 * Vectors of sixteen floats. What HotSpot turns into an instruction each is called directly, not by
 * way of {@link FloatVector}: there, an addition is some hundred nodes of a compilation, of which
 * HotSpot allows so many (docs/adr/0011), and beyond which vectors become objects.
 */
final class Vectors {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;

  /** The species as HotSpot's own methods take it. */
  @SuppressWarnings("unchecked")
  private static final VectorSupport.VectorSpecies<Float> OF_HOTSPOT =
      (VectorSupport.VectorSpecies<Float>) (Object) SPECIES;

  /** What HotSpot keeps in a register. */
  @SuppressWarnings("unchecked")
  private static final Class<FloatVector> REGISTER =
      (Class<FloatVector>) FloatVector.zero(SPECIES).getClass();

  @SuppressWarnings("unchecked")
  private static final Class<VectorMask<Float>> MASK =
      (Class<VectorMask<Float>>) SPECIES.maskAll(false).getClass();

  // Until HotSpot has compiled the caller.
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

  private static FloatVector slowly(long address) {
    float[] values = new float[LANES];
    new Pointer(address).read(0, values, 0, LANES);
    return FloatVector.fromArray(SPECIES, values, 0);
  }

  /** Into native memory; see {@link #load(long)}. */
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

  /** left · right + more, rounded once. */
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
   * HotSpot takes no vector of which it does not know that it is one of sixteen floats: a method
   * above, compiled alone, would be too large to become part of another ever after.
   */
  private static FloatVector known(FloatVector vector) {
    return Objects.requireNonNull(REGISTER.cast(vector));
  }

  /** Between {@code low} and {@code high}; what is not a number stays so. */
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

  /** What {@code mask} chooses of {@code chosen}. */
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
