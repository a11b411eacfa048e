package org.resnet4j.onednn.code;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A block of executable machine code: first written, then made executable, never both at once. */
final class ExecutableMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutableMemory.class);

  private static final int ANSWER = 42;

  /** The memory functions of this system, found and tested once. */
  private static final class Here {
    static final Pages PAGES = Pages.ofThisSystem();
    static final @Nullable String OBSTACLE = obstacle();

    private static @Nullable String obstacle() {
      if (!Platform.is64Bit() || !Platform.isIntel()) {
        return "they need an x86-64 processor but this is " + Platform.ARCH;
      }
      Assembler assembler = new Assembler();
      assembler.moveNumber(Assembler.RAX, ANSWER);
      assembler.end();
      try (ExecutableMemory code = new ExecutableMemory(assembler.code())) {
        int answer = Function.getFunction(code.pointer()).invokeInt(new Object[0]);
        return answer == ANSWER ? null : "generated code gave " + answer;
      } catch (IllegalStateException | LinkageError e) {
        LOG.debug("JIT kernels are off", e);
        return "this system forbids generated code";
      }
    }
  }

  private final Pointer memory;
  private final long size;

  /** Allocates memory for {@code bytes}. The CPU must support their instructions. */
  ExecutableMemory(byte[] bytes) {
    size = bytes.length;
    memory = Here.PAGES.allocate(size);
    memory.write(0, bytes, 0, bytes.length);
    if (!Here.PAGES.makeExecutable(memory, size)) {
      close();
      throw new IllegalStateException("this system forbids generated code");
    }
  }

  /** Returns the reason why this system does not run generated code; null if it does. */
  static @Nullable String obstacle() {
    return Here.OBSTACLE;
  }

  /** Returns the address of the first instruction. */
  Pointer pointer() {
    return memory;
  }

  @Override
  public void close() {
    Here.PAGES.free(memory, size);
  }
}
