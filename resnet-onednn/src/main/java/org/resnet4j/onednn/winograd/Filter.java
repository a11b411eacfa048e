package org.resnet4j.onednn.winograd;

import java.util.List;
import org.resnet4j.onednn.code.VectorAssembler;

/**
 * The arithmetic of Winograd's minimal filtering of three coefficients (Lavin and Gray 2016,
 * section 4) along one axis. Operands are the vector registers from 0 on; the registers after them
 * are free. Constants are in the last registers. A tile is filtered along both axes.
 *
 * @param from number of operands
 * @param to number of results
 * @param constants that the body reads, the first in the last register
 * @param body the instructions
 */
record Filter(int from, int to, List<Float> constants, Body body) {
  /** The instructions of a filter. */
  interface Body {
    void emit(Emission to);
  }

  /** A consumer of results; it may change the register only if the filter is for outputs. */
  interface Sink {
    void store(int result, int register);
  }

  /** The instructions that a body emits. */
  record Emission(VectorAssembler to, Sink sink) {
    void store(int result, int register) {
      sink.store(result, register);
    }

    /** Returns the register of a constant. */
    int constant(int index) {
      return to.simd().registers() - 1 - index;
    }

    void add(int into, int left, int right) {
      to.addVector(into, left, right);
    }

    void subtract(int into, int left, int right) {
      to.subtract(into, left, right);
    }

    /** Computes left times a constant. */
    void scale(int into, int left, int constant) {
      to.multiply(into, left, constant(constant));
    }

    /** Computes start + times · constant, rounded once. */
    void plus(int into, int start, int times, int constant) {
      copy(into, start);
      to.multiplyAdd(into, times, constant(constant));
    }

    /** Computes start - times · constant, rounded once. */
    void minus(int into, int start, int times, int constant) {
      copy(into, start);
      to.multiplySubtract(into, times, constant(constant));
    }

    private void copy(int into, int from) {
      if (into != from) {
        to.moveVector(into, from);
      }
    }
  }

  /** Emits the loads of the constants, which begin at {@code table} in memory. */
  void emitConstants(VectorAssembler to, int table, int distance) {
    for (int i = 0; i < constants.size(); i++) {
      to.broadcast(to.simd().registers() - 1 - i, table, distance + i * Float.BYTES);
    }
  }

  /** Emits the filter. */
  void emit(VectorAssembler to, Sink sink) {
    body.emit(new Emission(to, sink));
  }

  /** Returns the constants as 64-bit numbers, two in each. */
  long[] packed() {
    long[] packed = new long[(constants.size() + 1) / 2];
    for (int i = 0; i < constants.size(); i++) {
      long bits = Integer.toUnsignedLong(Float.floatToRawIntBits(constants.get(i)));
      packed[i / 2] |= bits << (i % 2 * Integer.SIZE);
    }
    return packed;
  }
}
