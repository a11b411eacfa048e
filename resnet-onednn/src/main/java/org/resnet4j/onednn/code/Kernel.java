package org.resnet4j.onednn.code;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A generated function of one argument, the address of its operands, for a {@link WorkList}. It
 * gets the argument in rdi, preserves rbx, rbp, r12 and the stack, and may change all other
 * registers.
 */
public final class Kernel implements AutoCloseable {
  private final ExecutableMemory code;

  /** Makes the instructions of {@code assembler} executable. */
  public Kernel(Assembler assembler) {
    code = new ExecutableMemory(assembler.code());
  }

  /** Returns the reason why this system does not run generated code; null if it does. */
  public static @Nullable String obstacle() {
    return ExecutableMemory.obstacle();
  }

  /** Returns the address of the code. */
  Pointer pointer() {
    return code.pointer();
  }

  @Override
  public void close() {
    code.close();
  }
}
