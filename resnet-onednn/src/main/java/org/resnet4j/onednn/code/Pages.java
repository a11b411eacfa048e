package org.resnet4j.onednn.code;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of an operating system that allocate pages and change what they may be used for.
 */
interface Pages {
  /**
   * Returns memory that may be written and not executed.
   *
   * @throws IllegalStateException if there is none
   */
  Pointer allocate(long size);

  /** Makes memory executable and read-only; returns false where that is forbidden. */
  boolean makeExecutable(Pointer memory, long size);

  void free(Pointer memory, long size);

  /** Returns the functions of the system that this process runs on. */
  static Pages ofThisSystem() {
    return Platform.isWindows() ? new Windows() : new Posix(Platform.isMac());
  }

  /** The functions of Linux and macOS. */
  final class Posix implements Pages {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int EXECUTE = 4;
    private static final int PRIVATE = 2;
    private static final int WITHOUT_FILE = 0x20;
    private static final int WITHOUT_FILE_ON_MAC = 0x1000;
    private static final Pointer FAILED = Pointer.createConstant(-1);

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

    private final LibC calls = Native.load("c", LibC.class);
    private final int flags;

    private Posix(boolean mac) {
      // macOS demands MAP_JIT only for pages that are written and executed at the same time.
      flags = PRIVATE | (mac ? WITHOUT_FILE_ON_MAC : WITHOUT_FILE);
    }

    @Override
    public Pointer allocate(long size) {
      Pointer memory =
          calls.mmap(null, new NativeLong(size), READ | WRITE, flags, -1, new NativeLong(0));
      if (memory.equals(FAILED)) {
        throw new IllegalStateException("no memory for " + size + " bytes of code");
      }
      return memory;
    }

    @Override
    public boolean makeExecutable(Pointer memory, long size) {
      return calls.mprotect(memory, new NativeLong(size), READ | EXECUTE) == 0;
    }

    @Override
    public void free(Pointer memory, long size) {
      calls.munmap(memory, new NativeLong(size));
    }
  }

  /** The functions of Windows. */
  final class Windows implements Pages {
    private static final int RESERVE_AND_COMMIT = 0x3000;
    private static final int RELEASE = 0x8000;
    private static final int READ_AND_WRITE = 4;
    private static final int READ_AND_EXECUTE = 0x20;

    private interface Kernel32 extends Library {
      @Nullable Pointer VirtualAlloc(
          @Nullable Pointer where, NativeSize size, int kind, int protection);

      boolean VirtualProtect(Pointer where, NativeSize size, int protection, int[] before);

      boolean VirtualFree(Pointer where, NativeSize size, int kind);
    }

    private final Kernel32 calls = Native.load("kernel32", Kernel32.class);

    private Windows() {}

    @Override
    public Pointer allocate(long size) {
      Pointer memory =
          calls.VirtualAlloc(null, new NativeSize(size), RESERVE_AND_COMMIT, READ_AND_WRITE);
      if (memory == null) {
        throw new IllegalStateException("no memory for " + size + " bytes of code");
      }
      return memory;
    }

    @Override
    public boolean makeExecutable(Pointer memory, long size) {
      return calls.VirtualProtect(memory, new NativeSize(size), READ_AND_EXECUTE, new int[1]);
    }

    @Override
    public void free(Pointer memory, long size) {
      calls.VirtualFree(memory, new NativeSize(0), RELEASE);
    }
  }
}
