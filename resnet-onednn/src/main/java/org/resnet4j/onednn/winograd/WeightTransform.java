package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.code.Assembler.R10;
import static org.resnet4j.onednn.code.Assembler.R8;
import static org.resnet4j.onednn.code.Assembler.R9;
import static org.resnet4j.onednn.code.Assembler.RAX;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RDX;
import static org.resnet4j.onednn.code.Assembler.RSI;

import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.VectorAssembler;

/**
 * A generator of JIT kernels that transform kernels, G·g·Gᵀ, or gradients of kernels back, Gᵀ·m·G.
 * A matrix has one plane of weights for each of its elements.
 */
public final class WeightTransform {
  /**
   * The number of vectors that are transformed together; the intermediate results fit an L1 cache.
   */
  private static final int CHUNK = 16;

  // Numbers of the operands.
  private static final int CONSTANTS = 0;
  private static final int SOURCE = 3;
  private static final int INTO = 4;
  private static final int BYTES = 5;
  private static final int SCRATCH = 6;
  private static final int OPERANDS = 7;

  private final Simd simd;
  private final Filter filter;

  /** The distance of the planes of the source, and that of the results, in bytes. */
  private final int sourcePlane;

  private final int intoPlane;

  private final int chunk;

  private WeightTransform(Simd simd, Filter filter, int sourceAll, int intoAll) {
    this.simd = simd;
    this.filter = filter;
    sourcePlane = Math.multiplyExact(sourceAll, Float.BYTES);
    intoPlane = Math.multiplyExact(intoAll, Float.BYTES);
    chunk = CHUNK * simd.bytes();
  }

  /**
   * Returns a generator for kernels, {@code [3, 3, plain]} to {@code [components, transformed]}.
   *
   * @param turned whether kernels are rotated by 180° first
   */
  public static WeightTransform forward(
      Simd simd, Tiles tiles, boolean turned, int plain, int transformed) {
    return new WeightTransform(
        simd, FiltersBySize.of(tiles.side()).weights(), turned ? -plain : plain, transformed);
  }

  /** Returns a generator for gradients, {@code [components, products]} to {@code [3, 3, plain]}. */
  public static WeightTransform backward(Simd simd, Tiles tiles, int products, int plain) {
    return new WeightTransform(
        simd, FiltersBySize.of(tiles.side()).weightGradients(), products, plain);
  }

  /** Returns scratch memory for one thread. */
  public Scratch scratch() {
    return new Scratch((long) filter.from() * filter.to() * chunk);
  }

  /**
   * Returns operands for a range of weights.
   *
   * @param range within a plane of {@code source}
   * @param into range of the same length within a plane of {@code results}
   */
  public Operands operands(
      Floats source, Range range, Floats results, Range into, Scratch scratch) {
    int planes = filter.from() * filter.from();
    range.require();
    into.require();
    source.require((long) planes * range.all());
    results.require((long) filter.to() * filter.to() * into.all());
    if (range.count() != into.count()
        || Math.abs(sourcePlane) != range.all() * Float.BYTES
        || intoPlane != into.all() * Float.BYTES) {
      throw new IndexOutOfBoundsException("weights: %s into %s".formatted(range, into));
    }
    long last = sourcePlane < 0 ? (planes - 1L) * -sourcePlane : 0;
    long[] values = new long[OPERANDS];
    long[] constants = filter.packed();
    System.arraycopy(constants, 0, values, CONSTANTS, constants.length);
    values[SOURCE] = source.address() + last + (long) range.first() * Float.BYTES;
    values[INTO] = results.address() + (long) into.first() * Float.BYTES;
    values[BYTES] = (long) range.count() * Float.BYTES;
    values[SCRATCH] = scratch.address();
    return new Operands(values);
  }

  /** Returns the code of a kernel on {@link #operands}. */
  public VectorAssembler code() {
    VectorAssembler to = new VectorAssembler(simd);
    filter.emitConstants(to, RDI, at(CONSTANTS));
    to.load(RSI, RDI, at(SOURCE));
    to.load(RDX, RDI, at(INTO));
    to.load(R9, RDI, at(BYTES));
    to.load(R8, RDI, at(SCRATCH));
    int next = to.here();
    to.moveNumber(RAX, chunk);
    to.compare(R9, RAX);
    int full = to.jumpUnlessLess();
    to.move(RAX, R9);
    to.land(full);
    int from = filter.from();
    int results = filter.to();
    for (int i = 0; i < from; i++) {
      pass(to, RSI, i * sourcePlane, from * sourcePlane, R8, i * chunk, from * chunk);
    }
    for (int i = 0; i < results; i++) {
      pass(to, R8, i * from * chunk, chunk, RDX, i * results * intoPlane, intoPlane);
    }
    to.addNumber(RSI, chunk);
    to.addNumber(RDX, chunk);
    to.addNumber(R9, -chunk);
    to.moveNumber(RAX, 0);
    to.compare(RAX, R9);
    to.jumpIfLess(next);
    to.end();
    return to;
  }

  /** Emits one filter for the vectors of a chunk. */
  private void pass(
      VectorAssembler to, int source, int first, int step, int into, int start, int apart) {
    to.moveNumber(R10, 0);
    int vector = to.here();
    for (int i = 0; i < filter.from(); i++) {
      to.loadVector(i, source, R10, first + i * step);
    }
    filter.emit(
        to, (result, register) -> to.storeVector(register, into, R10, start + result * apart));
    to.addNumber(R10, simd.bytes());
    to.compare(R10, RAX);
    to.jumpIfLess(vector);
  }

  /** Returns the offset of an operand in bytes. */
  private static int at(int number) {
    return number * Long.BYTES;
  }
}
