package org.resnet4j.onednn.code;

/** The vector instructions of a kernel. */
public enum Simd {
  /** AVX2 with fused multiply-add: 16 registers of 8 floats. */
  AVX2(8, 16),
  /** AVX-512: 32 registers of 16 floats. */
  AVX512(16, 32);

  private final int lanes;
  private final int registers;

  Simd(int lanes, int registers) {
    this.lanes = lanes;
    this.registers = registers;
  }

  /** Returns the number of floats in a register. */
  public int lanes() {
    return lanes;
  }

  /** Returns the number of bytes in a register. */
  public int bytes() {
    return lanes * Float.BYTES;
  }

  /** Returns the number of registers. */
  public int registers() {
    return registers;
  }
}
