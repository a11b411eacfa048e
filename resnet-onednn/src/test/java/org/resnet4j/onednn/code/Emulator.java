package org.resnet4j.onednn.code;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An interpreter of the instructions that {@link Assembler} and {@link VectorAssembler} encode, for
 * kernels whose instruction set this CPU lacks. It decodes bytes, and computes on native memory.
 */
final class Emulator {
  private static final int STACK = 4096;

  private final ByteBuffer code;
  private final long[] registers = new long[16];
  private final float[][] vectors = new float[32][16];

  /** The result of the last arithmetic or comparison. */
  private boolean zero;

  private boolean less;

  // The prefix of the current instruction.
  private int lanes;
  private int reg;
  private int base;
  private int index;
  private int left;
  private boolean broadcast;

  private Emulator(byte[] bytes) {
    code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Runs a kernel on its operands until it returns. */
  static void run(byte[] bytes, long operands) {
    Emulator emulator = new Emulator(bytes);
    try (Memory stack = new Memory(STACK)) {
      emulator.registers[Assembler.RSP] = Pointer.nativeValue(stack) + STACK;
      emulator.registers[Assembler.RDI] = operands;
      while (emulator.step()) {}
      if (emulator.registers[Assembler.RSP] != Pointer.nativeValue(stack) + STACK) {
        throw new AssertionError("the stack is not as it was");
      }
    }
  }

  private int next() {
    return code.get() & 255;
  }

  /** Executes an instruction; returns false at the end of the function. */
  private boolean step() {
    int first = next();
    if (first == 0xC3) {
      return false;
    }
    switch (first) {
      case 0x62 -> evex();
      case 0xC4 -> vex();
      case 0x0F -> condition(next());
      case 0xE9 -> jump(true);
      default -> {
        if (first >> 4 != 4) {
          throw new AssertionError("unknown byte " + first);
        }
        integer(first);
      }
    }
    return true;
  }

  private void condition(int opcode) {
    switch (opcode) {
      case 0x85 -> jump(!zero);
      case 0x8C -> jump(less);
      case 0x8D -> jump(!less);
      default -> throw new AssertionError("unknown condition " + opcode);
    }
  }

  private void jump(boolean taken) {
    int distance = code.getInt();
    if (taken) {
      code.position(code.position() + distance);
    }
  }

  private void integer(int rex) {
    int high = (rex & 4) << 1;
    int low = (rex & 1) << 3;
    int opcode = next();
    if (opcode >> 3 == 0x50 >> 3) {
      int register = (opcode & 7) | low;
      registers[Assembler.RSP] -= Long.BYTES;
      at(registers[Assembler.RSP]).setLong(0, registers[register]);
      return;
    }
    if (opcode >> 3 == 0x58 >> 3) {
      registers[(opcode & 7) | low] = at(registers[Assembler.RSP]).getLong(0);
      registers[Assembler.RSP] += Long.BYTES;
      return;
    }
    if (opcode == 0x05) {
      set(Assembler.RAX, registers[Assembler.RAX] + code.getInt());
      return;
    }
    if (opcode == 0x0F) {
      // A prefetch, whose address is decoded and not read.
      next();
      address(modrm(high, low, 0));
      return;
    }
    int modrm = modrm(high, low, 0);
    if (modrm >> 6 == 3) {
      withRegister(opcode, reg, base);
    } else {
      withMemory(opcode, reg, address(modrm));
    }
  }

  private void withRegister(int opcode, int register, int other) {
    switch (opcode) {
      case 0x89 -> registers[other] = registers[register];
      case 0x01 -> set(other, registers[other] + registers[register]);
      case 0x39 -> compare(registers[other], registers[register]);
      case 0xC7 -> registers[other] = code.getInt();
      case 0x81 -> set(other, registers[other] + code.getInt());
      case 0x69 -> registers[register] = registers[other] * code.getInt();
      case 0xFF -> set(other, registers[other] - 1);
      default -> throw new AssertionError("unknown opcode " + opcode);
    }
  }

  private void withMemory(int opcode, int register, long address) {
    long value = at(address).getLong(0);
    switch (opcode) {
      case 0x8B -> registers[register] = value;
      case 0x03 -> set(register, registers[register] + value);
      case 0x3B -> compare(registers[register], value);
      default -> throw new AssertionError("unknown opcode " + opcode);
    }
  }

  private void set(int register, long value) {
    registers[register] = value;
    zero = value == 0;
    less = value < 0;
  }

  private void compare(long one, long other) {
    zero = one == other;
    less = one < other;
  }

  /** Reads the byte after the opcode, and adds the upper bits of registers. */
  private int modrm(int highReg, int highBase, int highIndex) {
    int modrm = next();
    reg = ((modrm >> 3) & 7) | highReg;
    base = modrm & 7;
    index = Assembler.NO_INDEX;
    if (modrm >> 6 == 2 && base == Assembler.RSP) {
      int both = next();
      base = both & 7;
      index = ((both >> 3) & 7) | highIndex;
    }
    base |= highBase;
    return modrm;
  }

  private long address(int modrm) {
    if (modrm >> 6 != 2) {
      throw new AssertionError("unknown address " + modrm);
    }
    long start = registers[base] + (index == Assembler.NO_INDEX ? 0 : registers[index]);
    return start + code.getInt();
  }

  private static Pointer at(long address) {
    return new Pointer(address);
  }

  private void vex() {
    lanes = Simd.AVX2.lanes();
    broadcast = false;
    vector(next(), next(), 0, 0);
  }

  private void evex() {
    lanes = Simd.AVX512.lanes();
    int upper = next();
    int lower = next();
    int last = next();
    broadcast = (last & 0x10) != 0;
    vector(upper, lower, (~upper & 0x10), (~last & 8) << 1);
  }

  /** Executes a vector instruction; the upper bits of its prefix are inverted. */
  private void vector(int upper, int lower, int fifthOfReg, int fifthOfLeft) {
    left = ((~lower >> 3) & 15) | fifthOfLeft;
    int x = (~upper & 0x40) >> 3;
    int opcode = next();
    int modrm = modrm(((~upper & 0x80) >> 4) | fifthOfReg, (~upper & 0x20) >> 2, x);
    float[] operand;
    if (modrm >> 6 == 3) {
      operand = vectors[base | (lanes == Simd.AVX512.lanes() ? x << 1 : 0)].clone();
    } else {
      long address = address(modrm);
      if (opcode == 0x11) {
        at(address).write(0, vectors[reg], 0, lanes);
        return;
      }
      operand = operand(address, broadcast || opcode == 0x18);
    }
    float[] to = vectors[reg];
    float[] one = vectors[left].clone();
    for (int i = 0; i < lanes; i++) {
      to[i] = computed(opcode, to[i], one[i], operand[i]);
    }
  }

  private float[] operand(long address, boolean one) {
    float[] values = new float[16];
    if (one) {
      java.util.Arrays.fill(values, at(address).getFloat(0));
    } else {
      at(address).read(0, values, 0, lanes);
    }
    return values;
  }

  private static float computed(int opcode, float to, float left, float right) {
    return switch (opcode) {
      case 0x10, 0x18, 0x28 -> right;
      case 0x57, 0xEF ->
          Float.intBitsToFloat(Float.floatToRawIntBits(left) ^ Float.floatToRawIntBits(right));
      case 0x58 -> left + right;
      case 0x59 -> left * right;
      case 0x5C -> left - right;
      case 0x5D -> left < right ? left : right;
      case 0x5F -> left > right ? left : right;
      case 0xB8 -> Math.fma(left, right, to);
      case 0xBC -> Math.fma(-left, right, to);
      default -> throw new AssertionError("unknown vector opcode " + opcode);
    };
  }
}
