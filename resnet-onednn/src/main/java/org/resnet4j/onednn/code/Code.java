package org.resnet4j.onednn.code;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** A block of executable machine code: first written, then made executable, never both at once. */
public final class Code implements AutoCloseable {
  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;

  /** The flags for private memory without a file. */
  private static final int FLAGS = 0x22;

  private static final Pointer FAILED = Pointer.createConstant(-1);

  private static final int ANSWER = 42;

  /** The C library of Linux. */
  private interface LibC extends Library {
    Pointer mmap(
        @Nullable Pointer where,
        NativeLong size,
        int protection,
        int flags,
        int file,
        NativeLong offset);

    int mprotect(Pointer where, NativeLong size, int protection);

    int munmap(Pointer where, NativeLong size);
  }

  private static final class Linux {
    static final LibC CALLS = Native.load("c", LibC.class);
    static final boolean RUNS_CODE = answers();

    private static boolean answers() {
      Assembler assembler = new Assembler();
      assembler.moveNumber(Assembler.RAX, ANSWER);
      assembler.end();
      try (Code code = new Code(assembler.code())) {
        return Function.getFunction(code.pointer()).invokeInt(new Object[0]) == ANSWER;
      } catch (IllegalStateException e) {
        return false;
      }
    }
  }

  private final Pointer memory;
  private final NativeLong size;

  /** Allocates memory for {@code bytes}. The CPU must support their instructions. */
  Code(byte[] bytes) {
    size = new NativeLong(bytes.length);
    memory = Linux.CALLS.mmap(null, size, READ | WRITE, FLAGS, -1, new NativeLong(0));
    if (memory.equals(FAILED)) {
      throw new IllegalStateException("no memory for %s bytes of code".formatted(bytes.length));
    }
    memory.write(0, bytes, 0, bytes.length);
    if (Linux.CALLS.mprotect(memory, size, READ | EXECUTE) != 0) {
      close();
      throw new IllegalStateException("this system forbids generated code");
    }
  }

  /** Returns whether this system is a Linux on x86-64 that runs generated code. */
  public static boolean isAllowed() {
    return Platform.isLinux() && Platform.is64Bit() && Platform.isIntel() && Linux.RUNS_CODE;
  }

  /** Returns the address of the first instruction. */
  Pointer pointer() {
    return memory;
  }

  @Override
  public void close() {
    Linux.CALLS.munmap(memory, size);
  }
}
