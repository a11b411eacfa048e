package org.resnet4j.onednn.code;

/**
 * An assembler for the vector instructions that the kernels need, of AVX2 and FMA or of AVX-512.
 * Vector registers are numbers below {@link Simd#registers}.
 */
public final class VectorAssembler extends Assembler {
  /** The opcode maps, selected by the leading bytes 0F and 0F 38. */
  private static final int MAP_0F = 1;

  private static final int MAP_0F38 = 2;

  /** The prefixes as VEX and EVEX encode them. */
  private static final int NONE = 0;

  private static final int P66 = 1;

  private final Simd simd;

  /** Creates an assembler without instructions. */
  public VectorAssembler(Simd simd) {
    this.simd = simd;
  }

  /** Returns the instruction set. */
  public Simd simd() {
    return simd;
  }

  /** Loads a vector. */
  public void loadVector(int register, int base, int distance) {
    memory(MAP_0F, NONE, 0x10, register, 0, base, NO_INDEX, distance, false);
  }

  /** Loads the vector at the sum of two registers and a distance. */
  public void loadVector(int register, int base, int index, int distance) {
    memory(MAP_0F, NONE, 0x10, register, 0, base, index, distance, false);
  }

  /** Stores a vector. */
  public void storeVector(int register, int base, int distance) {
    memory(MAP_0F, NONE, 0x11, register, 0, base, NO_INDEX, distance, false);
  }

  /** Stores a vector at the sum of two registers and a distance. */
  public void storeVector(int register, int base, int index, int distance) {
    memory(MAP_0F, NONE, 0x11, register, 0, base, index, distance, false);
  }

  /** Loads one float to all lanes. */
  public void broadcast(int register, int base, int distance) {
    memory(MAP_0F38, P66, 0x18, register, 0, base, NO_INDEX, distance, false);
  }

  /** Copies a vector. */
  public void moveVector(int to, int from) {
    vectors(MAP_0F, NONE, 0x28, to, 0, from);
  }

  /** Sets all lanes to zero. */
  public void zeroVector(int register) {
    if (simd == Simd.AVX512) {
      vectors(MAP_0F, P66, 0xEF, register, register, register);
    } else {
      vectors(MAP_0F, NONE, 0x57, register, register, register);
    }
  }

  /** Computes left + right. */
  public void addVector(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x58, to, left, right);
  }

  /** Adds a vector in memory. */
  public void addVector(int to, int left, int base, int distance) {
    memory(MAP_0F, NONE, 0x58, to, left, base, NO_INDEX, distance, false);
  }

  /** Adds the vector at the sum of two registers. */
  public void addIndexed(int to, int left, int base, int index) {
    memory(MAP_0F, NONE, 0x58, to, left, base, index, 0, false);
  }

  /** Computes left - right. */
  public void subtract(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x5C, to, left, right);
  }

  /** Computes left · right. */
  public void multiply(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x59, to, left, right);
  }

  /** Computes to += left · right, rounded once. */
  public void multiplyAdd(int to, int left, int right) {
    vectors(MAP_0F38, P66, 0xB8, to, left, right);
  }

  /** Computes to -= left · right, rounded once. */
  public void multiplySubtract(int to, int left, int right) {
    vectors(MAP_0F38, P66, 0xBC, to, left, right);
  }

  /** Computes to += left · one float in memory; only AVX-512 has this instruction. */
  void multiplyAddBroadcast(int to, int left, int base, int distance) {
    if (simd != Simd.AVX512) {
      throw new AssertionError("broadcasts within an operation need AVX-512");
    }
    memory(MAP_0F38, P66, 0xB8, to, left, base, NO_INDEX, distance, true);
  }

  /** Computes the maximum of both, and {@code right} where one is NaN. */
  public void maximum(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x5F, to, left, right);
  }

  /** Computes the minimum of both, and {@code right} where one is NaN. */
  public void minimum(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x5D, to, left, right);
  }

  /** Clears the upper halves of vector registers, as code with SSE instructions expects. */
  void endVectors() {
    bytes(0xC5, 0xF8, 0x77);
  }

  private void memory(
      int map,
      int prefix,
      int opcode,
      int to,
      int left,
      int base,
      int index,
      int distance,
      boolean one) {
    int ofIndex = index == NO_INDEX ? 0 : index;
    prefix(map, prefix, to, left, base, ofIndex, one);
    bytes(opcode);
    memory(to, base, index, distance);
  }

  private void vectors(int map, int prefix, int opcode, int to, int left, int right) {
    // EVEX has the fifth bit of a register where memory has the fourth bit of an index.
    prefix(map, prefix, to, left, right, right >> 1, false);
    bytes(opcode);
    registers(to, right);
  }

  /**
   * Encodes the prefix of an instruction on whole registers without masks, VEX with three bytes
   * (sections 2.3.5 and 2.7.1). The upper bits of registers are inverted.
   *
   * @param other a vector, or the base of memory
   * @param index of memory; its fourth bit is encoded
   * @param one whether one float in memory is broadcast to all lanes
   */
  private void prefix(int map, int prefix, int to, int left, int other, int index, boolean one) {
    int upper = (not(to, 3) << 7) | (not(index, 3) << 6) | (not(other, 3) << 5) | map;
    int lower = ((~left & 15) << 3) | 4 | prefix;
    if (simd == Simd.AVX512) {
      int broadcast = one ? 1 << 4 : 0;
      bytes(0x62, upper | (not(to, 4) << 4), lower, (2 << 5) | broadcast | (not(left, 4) << 3));
    } else {
      bytes(0xC4, upper, lower);
    }
  }
}
