package org.resnet4j.onednn.exec;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that compute primitives, for work in Java. OpenMP's threads spin for a while when a
 * primitive is done, so that they are there at once for the next; threads of Java's own would have
 * to wait for the processors that these spin on.
 */
public final class Team {
  private static final boolean IS_THERE = register();

  private static final Team ALL = new Team();

  private final Body body = this::work;
  private final AtomicInteger next = new AtomicInteger();
  private volatile List<? extends Runnable> parts = List.of();
  private volatile @Nullable Throwable failure;

  /** Leaves the argument where it is: a callback without parameters needs no conversion. */
  interface Body extends Callback {
    void run();
  }

  private final @Nullable Pointer function;

  private Team() {
    if (IS_THERE) {
      // Threads stay known to Java as long as they live.
      com.sun.jna.Native.setCallbackThreadInitializer(
          body, new CallbackThreadInitializer(true, false, "resnet4j-openmp"));
      function = CallbackReference.getFunctionPointer(body);
    } else {
      function = null;
    }
  }

  /** What GCC makes of a parallel region; {@code function} gets {@code data}. */
  @SuppressWarnings("MethodName") // the library's
  private static native void GOMP_parallel(
      @Nullable Pointer function, @Nullable Pointer data, int threads, int flags);

  private static boolean register() {
    try {
      Native.version(); // loads it; the loader finds by its name what is there already
      com.sun.jna.Native.register(Team.class, NativeLibrary.getInstance("libgomp.so.1"));
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Whether this process has GNU's OpenMP. */
  static boolean isThere() {
    return IS_THERE;
  }

  /** Runs all of {@code parts} at the same time, by threads of Java's own without OpenMP. */
  public static void run(List<? extends Runnable> parts) {
    if (parts.size() == 1) {
      parts.get(0).run();
    } else if (IS_THERE) {
      synchronized (ALL) {
        ALL.start(parts);
      }
    } else {
      parts.parallelStream().forEach(Runnable::run);
    }
  }

  /** Has all threads run machine code, a function of {@code data}. */
  static void run(Pointer code, Pointer data) {
    GOMP_parallel(code, data, Native.threads(), 0);
  }

  private void start(List<? extends Runnable> work) {
    parts = work;
    next.set(0);
    try {
      // OpenMP would end the threads beyond a smaller number.
      GOMP_parallel(function, null, Native.threads(), 0);
      Throwable thrown = failure;
      if (thrown != null) {
        throw new IllegalStateException("a thread of the engine failed: " + thrown, thrown);
      }
    } finally {
      parts = List.of();
      failure = null;
    }
  }

  private void work() {
    List<? extends Runnable> all = parts;
    try {
      for (int part = next.getAndIncrement(); part < all.size(); part = next.getAndIncrement()) {
        all.get(part).run();
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }
}
