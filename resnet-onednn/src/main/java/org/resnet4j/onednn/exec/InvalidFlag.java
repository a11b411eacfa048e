package org.resnet4j.onednn.exec;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The invalid-operation flag of IEEE 754 in all threads of the team. A CPU raises it where an
 * operation creates a NaN ({@code Inf − Inf}, {@code 0 · Inf}) and where a comparison or a maximum
 * reads one. It stays raised until it is cleared, and costs nothing while primitives run.
 *
 * <p>oneDNN's ReLU computes {@code max(NaN, 0) = 0}, which hides the NaN from all later values.
 * Only this flag reveals it.
 */
final class InvalidFlag {
  /** {@code FE_INVALID} on x86-64 and AArch64. */
  private static final int INVALID = 1;

  /**
   * The library of mathematical functions, by the name that the dynamic linker knows. For {@code
   * m}, JNA would search folders for the file of this processor, which an emulator misleads.
   */
  private static final String LIBRARY = "libm.so.6";

  private static final boolean IS_THERE = register();

  private InvalidFlag() {}

  private static native int feclearexcept(int flags);

  private static native int fetestexcept(int flags);

  private static boolean register() {
    if (!Team.isThere() || !Platform.isLinux()) {
      return false;
    }
    try {
      com.sun.jna.Native.register(InvalidFlag.class, NativeLibrary.getInstance(LIBRARY));
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** The native function that clears the flag. */
  private static final class Clear {
    static final Pointer FUNCTION = NativeLibrary.getInstance(LIBRARY).getFunction("feclearexcept");
    static final Pointer ARGUMENT = new Pointer(INVALID);

    /**
     * True if a cleared flag stays cleared. Some processors run faster with flags raised, and a JVM
     * may keep them so.
     */
    static final boolean STAYS = staysCleared(FUNCTION, ARGUMENT);
  }

  /** Is not in {@link Clear}: a lambda of a class waits until that class is initialised. */
  private static boolean staysCleared(Pointer function, Pointer argument) {
    return Team.lead(
        () -> {
          Team.run(function, argument);
          return !anyRaised();
        });
  }

  /** Returns whether this process can read the flag: with GNU's OpenMP on Linux. */
  static boolean isThere() {
    return IS_THERE && Clear.STAYS;
  }

  /** Clears the flag of every thread. */
  static void clear() {
    if (isThere()) {
      Team.run(Clear.FUNCTION, Clear.ARGUMENT);
    }
  }

  /** Returns whether a thread has raised its flag since the last clearing, and clears the flags. */
  static boolean wasRaised() {
    return isThere() && anyRaised();
  }

  private static boolean anyRaised() {
    AtomicBoolean raised = new AtomicBoolean();
    Team.everywhere(
        () -> {
          if (fetestexcept(INVALID) != 0) {
            feclearexcept(INVALID);
            raised.set(true);
          }
        });
    return raised.get();
  }
}
