package org.resnet4j.support;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Computes the results of tasks ahead on background threads and returns them in the tasks' order.
 * Threads are daemons and end after one second without work, so an abandoned instance leaves none
 * behind. They are never interrupted, since that would close the files they read.
 */
public final class Prefetch<T> implements AutoCloseable {
  private final ThreadPoolExecutor threads;
  private final int depth;
  private final Iterator<Callable<T>> tasks;
  private final Queue<FutureTask<T>> ahead = new ArrayDeque<>();

  /**
   * Creates a prefetcher that starts no task yet.
   *
   * @param depth largest number of results that are computed ahead, including those in progress
   */
  public Prefetch(int threadCount, int depth, Iterator<Callable<T>> tasks) {
    this(threadCount, depth, tasks, Prefetch::daemon);
  }

  Prefetch(int threadCount, int depth, Iterator<Callable<T>> tasks, ThreadFactory factory) {
    threads =
        new ThreadPoolExecutor(
            threadCount, threadCount, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    threads.allowCoreThreadTimeOut(true);
    this.depth = depth;
    this.tasks = tasks;
  }

  /** Starts {@code task} on a thread of its own; {@link #next} returns its result. */
  public static <T> Prefetch<T> start(Callable<T> task) {
    Prefetch<T> started = new Prefetch<>(1, 1, List.of(task).iterator());
    started.start();
    return started;
  }

  /** Starts the first tasks, which otherwise wait for the first call of {@link #next}. */
  public void start() {
    fill();
  }

  /** Returns whether there is another task. */
  public boolean hasNext() {
    return !ahead.isEmpty() || tasks.hasNext();
  }

  /** Returns the result of the next task; call it only if {@link #hasNext} returns true. */
  public T next() {
    fill();
    FutureTask<T> first = ahead.remove();
    fill();
    try {
      return result(first);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(
          new InterruptedIOException("interrupted while waiting for a batch"));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw unchecked(cause == null ? e : cause);
    }
  }

  /**
   * Returns the result of a task. A task that no thread has started within a second is run by the
   * caller.
   */
  private T result(FutureTask<T> task) throws InterruptedException, ExecutionException {
    if (threads.getPoolSize() == 0) {
      task.run();
    }
    while (true) {
      try {
        return task.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        task.run(); // no effect if a thread runs it
      }
    }
  }

  private void fill() {
    while (ahead.size() < depth && tasks.hasNext()) {
      FutureTask<T> task = new FutureTask<>(tasks.next());
      ahead.add(task);
      try {
        threads.execute(task);
      } catch (OutOfMemoryError e) {
        return; // no thread can be started: next() runs the task
      }
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof IOException e) {
      return new UncheckedIOException(e.getMessage(), e);
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "resnet4j-batches");
    thread.setDaemon(true);
    return thread;
  }

  /** Cancels the tasks that have not started; a running task ends and its result is dropped. */
  @Override
  public void close() {
    ahead.forEach(future -> future.cancel(false));
    ahead.clear();
    threads.shutdown();
  }
}
