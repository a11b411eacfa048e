package org.resnet4j.onednn.code;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * An assembler for the few x86-64 integer instructions that the kernels need (Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2). Registers are numbers from 0 to 15.
 */
public class Assembler {
  public static final int RAX = 0;
  public static final int RCX = 1;
  public static final int RDX = 2;
  public static final int RBX = 3;
  public static final int RSP = 4;
  public static final int RBP = 5;
  public static final int RSI = 6;
  public static final int RDI = 7;
  public static final int R8 = 8;
  public static final int R9 = 9;
  public static final int R10 = 10;
  public static final int R11 = 11;
  public static final int R12 = 12;
  public static final int R13 = 13;
  public static final int R14 = 14;
  public static final int R15 = 15;

  /** The index of an address without an index. */
  static final int NO_INDEX = RSP;

  /** The size of the distance of a jump in bytes. */
  private static final int JUMP = 4;

  private static final int MASK = 255;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  /** The distances of forward jumps, written over the code: position and value in turns. */
  private int[] fixed = {};

  /** Returns the bytes of all instructions. */
  public byte[] code() {
    byte[] bytes = code.toByteArray();
    for (int i = 0; i < fixed.length; i += 2) {
      for (int b = 0; b < JUMP; b++) {
        bytes[fixed[i] + b] = (byte) (fixed[i + 1] >> (Byte.SIZE * b));
      }
    }
    return bytes;
  }

  /** Returns the position of the next instruction, for backward jumps. */
  public int here() {
    return code.size();
  }

  final void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }

  final void number(int value) {
    for (int b = 0; b < JUMP; b++) {
      bytes((value >> (Byte.SIZE * b)) & MASK);
    }
  }

  /** Encodes memory at a register plus a distance. */
  final void memory(int field, int base, int distance) {
    memory(field, base, NO_INDEX, distance);
  }

  /** Encodes memory at the sum of two registers and a distance; the index is not rsp. */
  final void memory(int field, int base, int index, int distance) {
    if (index != NO_INDEX || low(base) == RSP) {
      bytes(0x84 | (low(field) << 3), (low(index) << 3) | low(base));
    } else {
      bytes(0x80 | (low(field) << 3) | low(base));
    }
    number(distance);
  }

  /**
   * Encodes the prefix for 64-bit operands; {@code field} and {@code other} are registers or part
   * of the opcode.
   */
  private void wide(int field, int other) {
    bytes(0x48 | (high(field) << 2) | high(other));
  }

  final void registers(int field, int other) {
    bytes(0xC0 | (low(field) << 3) | low(other));
  }

  /** Pushes a register onto the stack. */
  public void push(int register) {
    bytes(0x40 | high(register), 0x50 | low(register));
  }

  /** Pops a register from the stack. */
  public void pop(int register) {
    bytes(0x40 | high(register), 0x58 | low(register));
  }

  /** Loads 64 bits. */
  public void load(int register, int base, int distance) {
    wide(register, base);
    bytes(0x8B);
    memory(register, base, distance);
  }

  /** Copies a register. */
  public void move(int to, int from) {
    wide(from, to);
    bytes(0x89);
    registers(from, to);
  }

  /** Sets a register to a number of 32 bits with its sign. */
  public void moveNumber(int to, int number) {
    wide(0, to);
    bytes(0xC7);
    registers(0, to);
    number(number);
  }

  /** Adds a register. */
  public void add(int to, int what) {
    wide(what, to);
    bytes(0x01);
    registers(what, to);
  }

  /** Adds 64 bits from memory. */
  public void addMemory(int to, int base, int distance) {
    wide(to, base);
    bytes(0x03);
    memory(to, base, distance);
  }

  /** Adds a number. */
  public void addNumber(int to, int number) {
    wide(0, to);
    if (to == RAX) {
      bytes(0x05);
    } else {
      bytes(0x81);
      registers(0, to);
    }
    number(number);
  }

  /** Sets a register to a product of itself and a number. */
  final void multiplyNumber(int to, int number) {
    wide(to, to);
    bytes(0x69);
    registers(to, to);
    number(number);
  }

  /** Compares a register with 64 bits of memory. */
  public void compareMemory(int register, int base, int distance) {
    wide(register, base);
    bytes(0x3B);
    memory(register, base, distance);
  }

  /** Compares two registers. */
  public void compare(int left, int right) {
    wide(right, left);
    bytes(0x39);
    registers(right, left);
  }

  /** Adds a register to memory atomically; the register gets the old value of the memory. */
  final void fetchAndAdd(int base, int register) {
    bytes(0xF0);
    wide(register, base);
    bytes(0x0F, 0xC1);
    memory(register, base, 0);
  }

  /** Subtracts one. */
  public void decrement(int register) {
    wide(0, register);
    bytes(0xFF);
    registers(1, register);
  }

  /** Jumps back if the last result was not zero. */
  public void jumpIfNotZero(int back) {
    bytes(0x0F, 0x85);
    number(back - (here() + JUMP));
  }

  /** Jumps back if the last comparison was less. */
  public void jumpIfLess(int back) {
    bytes(0x0F, 0x8C);
    number(back - (here() + JUMP));
  }

  /** Jumps back. */
  public void jump(int back) {
    bytes(0xE9);
    number(back - (here() + JUMP));
  }

  /** Jumps forward unless the last comparison was less; {@link #land} sets the target. */
  public int jumpUnlessLess() {
    bytes(0x0F, 0x8D);
    number(0);
    return here();
  }

  /** Makes the next instruction the target of a forward jump. */
  public void land(int jump) {
    fixed = Arrays.copyOf(fixed, fixed.length + 2);
    fixed[fixed.length - 2] = jump - JUMP;
    fixed[fixed.length - 1] = here() - jump;
  }

  /** Calls the function whose address is in memory. */
  final void callMemory(int base, int distance) {
    bytes(0x40 | high(base), 0xFF);
    memory(2, base, distance);
  }

  /** Prefetches into the L2 cache. */
  final void prefetch(int base, int distance) {
    bytes(0x40 | high(base), 0x0F, 0x18);
    memory(2, base, distance);
  }

  /** Returns from the function. */
  public void end() {
    bytes(0xC3);
  }

  /** Returns the inverse of a bit. */
  static int not(int number, int bit) {
    return (~number >> bit) & 1;
  }

  /** Returns the three bits of a register's number that follow the opcode. */
  private static int low(int register) {
    return register & 7;
  }

  /** Returns the bit of a 64-bit register's number that the prefix holds. */
  private static int high(int register) {
    return (register >> 3) & 1;
  }
}
