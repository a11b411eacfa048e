package org.resnet4j.onednn.exec;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread that leads the OpenMP team. OpenMP gives every thread that begins a parallel region a
 * team of its own, which lives as long as that thread: 200 callers on 8 processors would have 1,400
 * workers. So several callers hand their work to one thread of the engine, in the order of their
 * calls. A caller that is alone leads by itself: handing over takes up to half a millisecond, as
 * long as a small network computes.
 */
final class Leader {
  /**
   * The milliseconds for which work runs before it yields to others. A training step lasts seconds;
   * a call that classifies one image does not wait for its end.
   */
  private static final long SLICE = 5;

  /** The milliseconds without work after which the engine's thread ends, and its team with it. */
  private static final long IDLE = 1000;

  private static final LinkedBlockingQueue<Runnable> WAITING = new LinkedBlockingQueue<>();

  private static final ThreadPoolExecutor ENGINE =
      new ThreadPoolExecutor(0, 1, IDLE, TimeUnit.MILLISECONDS, WAITING, Leader::thread);

  /** Is held by the thread for which a team works. */
  private static final ReentrantLock TURN = new ReentrantLock();

  /** The caller that leads a team of its own. */
  private static final AtomicReference<@Nullable Thread> ALONE = new AtomicReference<>();

  /** The file of GNU's OpenMP, which is loaded before this class is used. */
  static final String LIBRARY = "libgomp.so.1";

  /** Ends the team of the calling thread; since OpenMP 5 (GCC 9). */
  private static final @Nullable Function END = end();

  /** {@code omp_pause_soft} of {@code omp_pause_resource_t}. */
  private static final int SOFT = 1;

  private Leader() {}

  private static @Nullable Function end() {
    try {
      return NativeLibrary.getInstance(LIBRARY).getFunction("omp_pause_resource_all");
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  private static Thread thread(Runnable work) {
    Thread made = new Thread(null, work, "resnet4j-engine");
    made.setDaemon(true);
    made.setContextClassLoader(Leader.class.getClassLoader());
    return made;
  }

  /**
   * Returns the result of {@code work}, which runs on the thread that leads the team. The calling
   * thread waits for its end, even if it is interrupted: the work uses memory that the caller owns.
   */
  static <T> T call(Callable<T> work) {
    if (TURN.isHeldByCurrentThread()) {
      return run(work);
    }
    if (isAlone() && TURN.tryLock()) {
      try {
        return run(work);
      } finally {
        TURN.unlock();
      }
    }
    FutureTask<T> task = new FutureTask<>(work);
    ENGINE.execute(
        () -> {
          TURN.lock();
          try {
            task.run();
          } finally {
            TURN.unlock();
          }
        });
    return result(task);
  }

  /**
   * Returns whether the calling thread is to lead: it was the first to call, and the engine's
   * thread has ended. A caller that is no longer alone ends its team.
   */
  private static boolean isAlone() {
    if (END == null) {
      return false;
    }
    Thread caller = Thread.currentThread();
    Thread alone = ALONE.get();
    if (alone == caller) {
      if (ENGINE.getPoolSize() == 0) {
        return true;
      }
      END.invokeInt(new Object[] {SOFT});
      ALONE.set(null);
      return false;
    }
    return (alone == null || !alone.isAlive())
        && ENGINE.getPoolSize() == 0
        && !isVirtual(caller)
        && ALONE.compareAndSet(alone, caller);
  }

  /**
   * Returns whether {@code thread} may go on in another thread of the operating system (JDK 21).
   */
  private static boolean isVirtual(Thread thread) {
    return thread.getThreadGroup() != null
        && "VirtualThreads".equals(thread.getThreadGroup().getName());
  }

  /** Returns the result of {@code work}, which runs on the calling thread. */
  static <T> T run(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private static RuntimeException failed(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("the engine failed: " + thrown, thrown);
  }

  private static <T> T result(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw failed(Objects.requireNonNull(e.getCause()));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns whether work that began at {@code start} is to let others run. */
  static boolean shouldYield(long start) {
    return (!WAITING.isEmpty() || TURN.hasQueuedThreads())
        && System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(SLICE);
  }
}
