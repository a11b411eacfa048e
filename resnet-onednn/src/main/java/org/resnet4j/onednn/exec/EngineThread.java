package org.resnet4j.onednn.exec;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that leads the OpenMP team. OpenMP gives every thread that begins a parallel region a
 * team of its own, which lives as long as that thread: 200 callers on 8 processors would have 1,400
 * workers. So callers hand their work to this thread, in the order of their calls.
 */
final class EngineThread {
  /**
   * The milliseconds for which work runs before it yields to others. A training step lasts seconds;
   * a call that classifies one image does not wait for its end.
   */
  private static final long SLICE = 5;

  private static final ThreadPoolExecutor LEADER =
      new ThreadPoolExecutor(
          1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), EngineThread::leader);

  private static volatile @Nullable Thread thread;

  private EngineThread() {}

  private static Thread leader(Runnable work) {
    Thread made = new Thread(null, work, "resnet4j-engine");
    made.setDaemon(true);
    made.setContextClassLoader(EngineThread.class.getClassLoader());
    thread = made;
    return made;
  }

  /**
   * Returns the result of {@code work}, which runs on the engine's thread. The calling thread waits
   * for its end, even if it is interrupted: the work uses memory that the caller owns.
   */
  static <T> T call(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (thread == Thread.currentThread()) {
      task.run();
    } else {
      LEADER.execute(task);
    }
    return result(task);
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
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException thrown
          ? thrown
          : new IllegalStateException("the engine failed: " + e.getCause(), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns whether work that began at {@code start} is to let others run. */
  static boolean shouldYield(long start) {
    return !LEADER.getQueue().isEmpty()
        && System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(SLICE);
  }
}
