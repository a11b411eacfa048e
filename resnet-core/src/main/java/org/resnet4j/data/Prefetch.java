package org.resnet4j.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Results of tasks in the tasks' order, the next few computed ahead on background threads. Threads
 * are daemons and end when idle for a second, so that an abandoned one leaves nothing behind. They
 * are never interrupted, since that would close the files they read.
 */
public final class Prefetch<T> implements AutoCloseable {
  private final ThreadPoolExecutor threads;
  private final int depth;
  private final Iterator<Callable<T>> tasks;
  private final Queue<Future<T>> ahead = new ArrayDeque<>();

  /**
   * Computes nothing yet.
   *
   * @param depth most results that wait for their consumer, those in the making included
   */
  public Prefetch(int threadCount, int depth, Iterator<Callable<T>> tasks) {
    threads =
        new ThreadPoolExecutor(
            threadCount,
            threadCount,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Prefetch::daemon);
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
    Future<T> first = ahead.remove();
    fill();
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("interrupted in wait for a batch"));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw unchecked(cause == null ? e : cause);
    }
  }

  private void fill() {
    while (ahead.size() < depth && tasks.hasNext()) {
      ahead.add(threads.submit(tasks.next()));
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
