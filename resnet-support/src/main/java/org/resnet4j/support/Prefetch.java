package org.resnet4j.support;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
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
 * Results of tasks in the tasks' order, the next few computed ahead on background threads. Threads
 * are daemons and end when idle for a second, so that an abandoned one leaves nothing behind. They
 * are never interrupted, since that would close the files they read.
 */
public final class Prefetch<T> implements AutoCloseable {
  private final ThreadPoolExecutor threads;
  private final int depth;
  private final Iterator<Callable<T>> tasks;
  private final Queue<FutureTask<T>> ahead = new ArrayDeque<>();

  /**
   * Computes nothing yet.
   *
   * @param depth most results that wait for their consumer, those in the making included
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

  /** Whether there is a task more. */
  public boolean hasNext() {
    return !ahead.isEmpty() || tasks.hasNext();
  }

  /** The result of the next task, which there must be. */
  public T next() {
    fill();
    FutureTask<T> first = ahead.remove();
    fill();
    try {
      return result(first);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("interrupted in wait for a batch"));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw unchecked(cause == null ? e : cause);
    }
  }

  /** The result of a task; one that no thread has begun within a second is run here. */
  private T result(FutureTask<T> task) throws InterruptedException, ExecutionException {
    if (threads.getPoolSize() == 0) {
      task.run();
    }
    while (true) {
      try {
        return task.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        task.run(); // nothing, where a thread is at it
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

  /** Drops what was not asked for; a task that runs ends unheard. */
  @Override
  public void close() {
    ahead.forEach(future -> future.cancel(false));
    ahead.clear();
    threads.shutdown();
  }
}
