package org.resnet4j.onednn.exec;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads that compute primitives, for work in Java. OpenMP's threads spin for a while when a
 * primitive is done, so that they are there at once for the next; threads of Java's own would have
 * to wait for the processors that these spin on.
 */
final class Team {
  /**
   * What GCC makes of a parallel region: {@code void (void (*)(void *), void *, unsigned,
   * unsigned)}.
   */
  private static final @Nullable Function PARALLEL = parallel();

  private static final Team ALL = new Team();

  private final Body body = this::work;
  private final AtomicInteger next = new AtomicInteger();
  private volatile List<? extends Runnable> parts = List.of();
  private volatile @Nullable Throwable failure;

  interface Body extends Callback {
    void run(@Nullable Pointer data);
  }

  private Team() {
    // Threads stay known to Java as long as they live.
    if (PARALLEL != null) {
      com.sun.jna.Native.setCallbackThreadInitializer(
          body, new CallbackThreadInitializer(true, false, "resnet4j-openmp"));
    }
  }

  private static @Nullable Function parallel() {
    try {
      // The loader finds by this name what is loaded already.
      return NativeLibrary.getInstance("libgomp.so.1").getFunction("GOMP_parallel");
    } catch (LinkageError e) {
      return null;
    }
  }

  /** Whether this process has GNU's OpenMP. */
  static boolean isThere() {
    return PARALLEL != null;
  }

  /** Runs all of {@code parts} at the same time. */
  static void run(List<? extends Runnable> parts) {
    if (parts.size() == 1) {
      parts.get(0).run();
      return;
    }
    synchronized (ALL) {
      ALL.start(parts);
    }
  }

  private void start(List<? extends Runnable> work) {
    parts = work;
    next.set(0);
    try {
      // OpenMP would end the threads beyond a smaller number.
      Objects.requireNonNull(PARALLEL)
          .invokeVoid(new Object[] {body, Pointer.NULL, Native.threads(), 0});
      Throwable thrown = failure;
      if (thrown != null) {
        throw new IllegalStateException("a thread of the engine failed: " + thrown, thrown);
      }
    } finally {
      parts = List.of();
      failure = null;
    }
  }

  private void work(@Nullable Pointer data) {
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
