package org.resnet4j.onednn.code;

import static org.resnet4j.onednn.code.Assembler.R12;
import static org.resnet4j.onednn.code.Assembler.R13;
import static org.resnet4j.onednn.code.Assembler.R14;
import static org.resnet4j.onednn.code.Assembler.R15;
import static org.resnet4j.onednn.code.Assembler.RAX;
import static org.resnet4j.onednn.code.Assembler.RBP;
import static org.resnet4j.onednn.code.Assembler.RBX;
import static org.resnet4j.onednn.code.Assembler.RCX;
import static org.resnet4j.onednn.code.Assembler.RDI;
import static org.resnet4j.onednn.code.Assembler.RSI;
import static org.resnet4j.onednn.code.Assembler.RSP;

import com.sun.jna.Memory;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts of work for several threads; a part is a sequence of calls of kernels. Threads take parts
 * by an atomic counter within generated code, so Java code does not run in between.
 */
public final class WorkList implements AutoCloseable {
  private static final int NEXT = 0;
  private static final int COUNT = 8;

  /** The offset of the addresses of the parts. */
  private static final int PARTS = 16;

  /** The callee-saved registers of Linux, macOS and Windows. */
  private static final List<Integer> SAVED = List.of(RBX, RBP, RSI, RDI, R12, R13, R14, R15);

  /** The first of the ten vector registers that Windows expects to be preserved. */
  private static final int FIRST_SAVED_VECTOR = 6;

  private static final int LAST_SAVED_VECTOR = 15;

  /** A function of a work list that runs in each thread. */
  private static final class Driver {
    /** Kept for the life of the process. */
    static final Kernel KERNEL = new Kernel(code(Platform.isWindows()));
  }

  /** A call of {@code kernel} with {@code operands}. */
  public record Call(Kernel kernel, Operands operands) {}

  private final Memory memory;
  private final List<Operands> sequences = new ArrayList<>();

  /** Creates a list of {@code parts}, whose kernels and operands must stay open. */
  public WorkList(List<List<Call>> parts) {
    memory = new Memory(PARTS + (long) Long.BYTES * Math.max(1, parts.size()));
    memory.setLong(COUNT, parts.size());
    for (int i = 0; i < parts.size(); i++) {
      Operands sequence = sequence(parts.get(i));
      sequences.add(sequence);
      memory.setLong(PARTS + (long) Long.BYTES * i, sequence.address());
    }
  }

  private static Operands sequence(List<Call> calls) {
    long[] values = new long[1 + 2 * calls.size()];
    values[0] = calls.size();
    for (int i = 0; i < calls.size(); i++) {
      values[1 + 2 * i] = Pointer.nativeValue(calls.get(i).kernel.pointer());
      values[2 + 2 * i] = calls.get(i).operands.address();
    }
    return new Operands(values);
  }

  /** Returns the code that each thread runs, a function of {@link #start}. */
  public Pointer code() {
    return Driver.KERNEL.pointer();
  }

  /** Resets the list for a run, and returns its address. */
  public Pointer start() {
    memory.setLong(NEXT, 0);
    return memory;
  }

  @Override
  public void close() {
    memory.close();
    sequences.forEach(Operands::close);
  }

  /** Returns the code of the driver; the list's address is in rcx on Windows, else in rdi. */
  static Assembler code(boolean windows) {
    VectorAssembler to = new VectorAssembler(Simd.AVX2);
    SAVED.forEach(to::push);
    if (windows) {
      vectors(to, true);
    }
    to.move(RBX, windows ? RCX : RDI);
    int next = to.here();
    to.moveNumber(RAX, 1);
    to.fetchAndAdd(RBX, RAX);
    to.compareMemory(RAX, RBX, COUNT);
    int end = to.jumpUnlessLess();
    to.multiplyNumber(RAX, Long.BYTES);
    to.add(RAX, RBX);
    to.load(RBP, RAX, PARTS);
    to.load(R12, RBP, 0);
    int call = to.here();
    to.load(RDI, RBP, 2 * Long.BYTES);
    to.callMemory(RBP, Long.BYTES);
    to.addNumber(RBP, 2 * Long.BYTES);
    to.decrement(R12);
    to.jumpIfNotZero(call);
    to.jump(next);
    to.land(end);
    if (windows) {
      vectors(to, false);
    }
    to.endVectors();
    for (int i = SAVED.size() - 1; i >= 0; i--) {
      to.pop(SAVED.get(i));
    }
    to.end();
    return to;
  }

  /** Saves vector registers on the stack, or restores them. */
  private static void vectors(VectorAssembler to, boolean save) {
    int bytes = to.simd().bytes();
    int room = bytes * (LAST_SAVED_VECTOR - FIRST_SAVED_VECTOR + 1);
    if (save) {
      to.addNumber(RSP, -room);
    }
    for (int i = FIRST_SAVED_VECTOR; i <= LAST_SAVED_VECTOR; i++) {
      int at = (i - FIRST_SAVED_VECTOR) * bytes;
      if (save) {
        to.storeVector(i, RSP, at);
      } else {
        to.loadVector(i, RSP, at);
      }
    }
    if (!save) {
      to.addNumber(RSP, room);
    }
  }
}
