package org.resnet4j.onednn.code;

import java.io.ByteArrayOutputStream;

/**
 * An assembler for the few x86-64 instructions that the kernels need (Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2). Registers are numbers: 0 to 15 of 64 bits,
 * 0 to 31 of 16 floats.
 */
final class Assembler {
  static final int RAX = 0;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSI = 6;
  static final int RDI = 7;
  static final int R8 = 8;
  static final int R9 = 9;
  static final int R10 = 10;
  static final int R11 = 11;
  static final int R12 = 12;
  static final int R13 = 13;
  static final int R14 = 14;

  /** The opcode maps, selected by the leading bytes 0F and 0F 38. */
  private static final int MAP_0F = 1;

  private static final int MAP_0F38 = 2;

  /** The prefixes as EVEX encodes them. */
  private static final int NONE = 0;

  private static final int P66 = 1;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  byte[] code() {
    return code.toByteArray();
  }

  void append(byte[] more) {
    code.writeBytes(more);
  }

  /** Returns the position of the next instruction, for backward jumps. */
  int here() {
    return code.size();
  }

  private void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }

  private void number(int value) {
    bytes(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  }

  /** Encodes memory at a register plus a distance; not r12 or rsp, whose encodings differ. */
  private void memory(int field, int base, int distance) {
    if (low(base) == 4) {
      throw new AssertionError("no base: " + base);
    }
    bytes(0x80 | (low(field) << 3) | low(base));
    number(distance);
  }

  /**
   * Encodes the prefix for 64-bit operands; {@code field} and {@code other} are registers or part
   * of the opcode.
   */
  private void wide(int field, int other) {
    bytes(0x48 | (high(field) << 2) | high(other));
  }

  private void registers(int field, int other) {
    bytes(0xC0 | (low(field) << 3) | low(other));
  }

  void push(int register) {
    bytes(0x40 | high(register), 0x50 | low(register));
  }

  void pop(int register) {
    bytes(0x40 | high(register), 0x58 | low(register));
  }

  void load(int register, int base, int distance) {
    wide(register, base);
    bytes(0x8B);
    memory(register, base, distance);
  }

  void move(int to, int from) {
    wide(from, to);
    bytes(0x89);
    registers(from, to);
  }

  /** Moves 32 bits; the upper half becomes zero. */
  void moveNumber(int to, int number) {
    if (to > 7) {
      throw new AssertionError("register " + to);
    }
    bytes(0xB8 | to);
    number(number);
  }

  void add(int to, int what) {
    wide(what, to);
    bytes(0x01);
    registers(what, to);
  }

  void addMemory(int to, int base, int distance) {
    wide(to, base);
    bytes(0x03);
    memory(to, base, distance);
  }

  void addNumber(int to, int number) {
    wide(0, to);
    bytes(0x81);
    registers(0, to);
    number(number);
  }

  void multiplyNumber(int to, int number) {
    wide(to, to);
    bytes(0x69);
    registers(to, to);
    number(number);
  }

  void compareMemory(int register, int base, int distance) {
    wide(register, base);
    bytes(0x3B);
    memory(register, base, distance);
  }

  /** Adds a register to memory atomically; the register gets the old value of the memory. */
  void fetchAndAdd(int base, int register) {
    bytes(0xF0);
    wide(register, base);
    bytes(0x0F, 0xC1);
    memory(register, base, 0);
  }

  void decrement(int register) {
    wide(0, register);
    bytes(0xFF);
    registers(1, register);
  }

  void jumpIfNotZero(int back) {
    bytes(0x0F, 0x85);
    number(back - (here() + 4));
  }

  void jump(int back) {
    bytes(0xE9);
    number(back - (here() + 4));
  }

  /** Jumps over {@code count} bytes, unless the last comparison was less. */
  void skipUnlessLess(int count) {
    bytes(0x0F, 0x8D);
    number(count);
  }

  /** Prefetches into the L2 cache. */
  void prefetch(int base, int distance) {
    bytes(0x0F, 0x18);
    memory(2, base, distance);
  }

  void end() {
    bytes(0xC5, 0xF8, 0x77); // vzeroupper: the caller may use SSE code
    bytes(0xC3);
  }

  void loadVector(int register, int base, int distance) {
    vector(MAP_0F, NONE, 0x10, register, 0, base, distance, false);
  }

  void storeVector(int register, int base, int distance) {
    vector(MAP_0F, NONE, 0x11, register, 0, base, distance, false);
  }

  /** Computes to += times · one float in memory, broadcast to all lanes. */
  void multiplyAdd(int to, int times, int base, int distance) {
    vector(MAP_0F38, P66, 0xB8, to, times, base, distance, true);
  }

  void addVector(int to, int left, int base, int distance) {
    vector(MAP_0F, NONE, 0x58, to, left, base, distance, false);
  }

  /** Computes the maximum of both, and {@code right} where one is NaN. */
  void maximum(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x5F, to, left, right);
  }

  /** Computes the minimum of both, and {@code right} where one is NaN. */
  void minimum(int to, int left, int right) {
    vectors(MAP_0F, NONE, 0x5D, to, left, right);
  }

  void zeroVector(int register) {
    vectors(MAP_0F, P66, 0xEF, register, register, register);
  }

  /** Copies the lower half of a 64-bit register to every lane. */
  void broadcast(int to, int from) {
    vectors(MAP_0F38, P66, 0x7C, to, 0, from);
  }

  private void vector(
      int map, int prefix, int opcode, int to, int left, int base, int distance, boolean one) {
    evex(map, prefix, to, left, base, one);
    bytes(opcode);
    memory(to, base, distance);
  }

  private void vectors(int map, int prefix, int opcode, int to, int left, int right) {
    evex(map, prefix, to, left, right, false);
    bytes(opcode);
    registers(to, right);
  }

  /**
   * Encodes the prefix of 512-bit instructions without masks (section 2.7.1), with the upper bits
   * of registers inverted.
   *
   * @param other a vector, or the base of memory
   * @param one whether one float in memory is broadcast to all lanes
   */
  private void evex(int map, int prefix, int to, int left, int other, boolean one) {
    bytes(
        0x62,
        (not(to, 3) << 7) | (not(other, 4) << 6) | (not(other, 3) << 5) | (not(to, 4) << 4) | map,
        ((~left & 15) << 3) | 4 | prefix,
        (2 << 5) | (one ? 1 << 4 : 0) | (not(left, 4) << 3));
  }

  /** Returns the inverse of a bit. */
  private static int not(int number, int bit) {
    return (~number >> bit) & 1;
  }

  /** Returns the three bits of a register's number that follow the opcode. */
  private static int low(int register) {
    return register & 7;
  }

  /** Returns the bit of a 64-bit register's number that the prefix holds. */
  private static int high(int register) {
    return register >> 3;
  }
}
