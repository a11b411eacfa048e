package org.resnet4j.onednn.winograd;

import static org.resnet4j.onednn.code.Assembler.R10;
import static org.resnet4j.onednn.code.Assembler.R8;
import static org.resnet4j.onednn.code.Assembler.R9;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RDX;
import static org.resnet4j.onednn.code.Assembler.RSI;

import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.Simd;
import org.resnet4j.onednn.code.VectorAssembler;

/** A generator of a JIT kernel that adds the same range of several planes of weights. */
public final class Accumulation {
  // Numbers of the operands.
  private static final int INTO = 0;
  private static final int MORE = 1;
  private static final int BYTES = 2;
  private static final int PLANES = 3;
  private static final int PLANE = 4;

  private Accumulation() {}

  /** Returns operands that add {@code more} to {@code into}, both {@code [planes, all weights]}. */
  public static Operands operands(Floats into, Floats more, int planes, Range range) {
    range.require();
    into.require((long) planes * range.all());
    more.require((long) planes * range.all());
    long first = (long) range.first() * Float.BYTES;
    return new Operands(
        into.address() + first,
        more.address() + first,
        (long) range.count() * Float.BYTES,
        planes,
        (long) range.all() * Float.BYTES);
  }

  /** Returns the code of the kernel on {@link #operands}. */
  public static VectorAssembler code(Simd simd) {
    VectorAssembler to = new VectorAssembler(simd);
    to.load(RSI, RDI, INTO * Long.BYTES);
    to.load(RDX, RDI, MORE * Long.BYTES);
    to.load(R8, RDI, BYTES * Long.BYTES);
    to.load(R9, RDI, PLANES * Long.BYTES);
    int plane = to.here();
    to.moveNumber(R10, 0);
    int vector = to.here();
    to.loadVector(0, RSI, R10, 0);
    to.addIndexed(0, 0, RDX, R10);
    to.storeVector(0, RSI, R10, 0);
    to.addNumber(R10, simd.bytes());
    to.compare(R10, R8);
    to.jumpIfLess(vector);
    to.addMemory(RSI, RDI, PLANE * Long.BYTES);
    to.addMemory(RDX, RDI, PLANE * Long.BYTES);
    to.decrement(R9);
    to.jumpIfNotZero(plane);
    to.end();
    return to;
  }
}
