package org.resnet4j.onednn.exec;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.WorkList;

/**
 * Runs Java tasks on the OpenMP worker threads that compute primitives, and determines their
 * number. OpenMP's threads spin for a while after a primitive, and are ready for the next task.
 * Separate Java threads would compete with these spinning threads for the processors.
 */
@SuppressWarnings("MethodName") // the library's
public final class Team {
  /** The largest number of threads that is accepted. */
  private static final int MOST = 1024;

  private static final boolean IS_THERE = register();

  private static final Team ALL = new Team();

  private final Body body = this::work;
  private final AtomicInteger next = new AtomicInteger();
  private volatile List<? extends Runnable> parts = List.of();
  private volatile @Nullable Throwable failure;

  /** A callback without parameters, which needs no conversion of arguments. */
  interface Body extends Callback {
    void run();
  }

  private final @Nullable Pointer function = pointer(body);

  private final Body once = this::workOnce;
  private volatile Runnable task = () -> {};
  private final @Nullable Pointer functionOnce = pointer(once);

  private static @Nullable Pointer pointer(Body body) {
    if (!IS_THERE) {
      return null;
    }
    // Keeps threads attached to the JVM for as long as they live.
    com.sun.jna.Native.setCallbackThreadInitializer(
        body, new CallbackThreadInitializer(true, false, "resnet4j-openmp"));
    return CallbackReference.getFunctionPointer(body);
  }

  /** Runs a parallel region, as GCC compiles it; {@code function} gets {@code data}. */
  private static native void GOMP_parallel(
      @Nullable Pointer function, @Nullable Pointer data, int threads, int flags);

  private static native int omp_get_num_procs();

  private static native int omp_get_num_threads();

  private static native int omp_get_active_level();

  private static native void omp_set_dynamic(int dynamic);

  private static native void omp_set_num_threads(int threads);

  private static boolean register() {
    try {
      OneDnnLibrary.version(); // loads oneDNN and with it libgomp, which is then found by name
      com.sun.jna.Native.register(Team.class, NativeLibrary.getInstance(Leader.LIBRARY));
      return true;
    } catch (LinkageError e) {
      return false;
    }
  }

  /** Returns whether this process has GNU's OpenMP. */
  static boolean isThere() {
    return IS_THERE;
  }

  private static final class Size {
    static final int THREADS = IS_THERE ? formedOnLeader() : wanted();
  }

  /** Is not in {@link Size}: a lambda of a class waits until that class is initialised. */
  private static int formedOnLeader() {
    return Leader.call(() -> ALL.formed(wanted()));
  }

  /**
   * Returns the number of threads that a team really has here: {@code OMP_THREAD_LIMIT}, for
   * example, may leave fewer than requested. oneDNN divides the work when a primitive is created.
   * With fewer threads at run time it skips parts, or waits for ever.
   */
  public static int size() {
    return Size.THREADS;
  }

  /**
   * Returns the number of threads that the engine requests: the first number of {@code
   * OMP_NUM_THREADS}, or one per processor.
   */
  private static int wanted() {
    String setting = System.getenv().getOrDefault("OMP_NUM_THREADS", "");
    String first = setting.split(",", -1)[0].strip();
    if (first.matches("[1-9][0-9]{0,3}")) {
      return Math.min(Integer.parseInt(first), MOST);
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return IS_THERE ? Math.min(processors, omp_get_num_procs()) : processors;
  }

  /** Returns the number of threads that OpenMP gives if {@code threads} are requested. */
  private int formed(int threads) {
    omp_set_dynamic(0);
    AtomicInteger formed = new AtomicInteger(1);
    start(List.of(() -> formed.set(omp_get_num_threads())), threads);
    return formed.get();
  }

  /**
   * Makes the calling thread plan and run primitives with {@link #size} threads. OpenMP keeps these
   * settings for each thread of a program.
   *
   * @throws IllegalStateException within a parallel region, whose threads get no team of their own
   */
  static void enter() {
    if (!IS_THERE) {
      return;
    }
    int threads = size();
    if (threads > 1 && omp_get_active_level() > 0) {
      throw new IllegalStateException(
          "the engine was called by a thread of an OpenMP parallel region, where it would get one thread instead of "
              + threads
              + "; call it from outside of the region");
    }
    omp_set_dynamic(0);
    omp_set_num_threads(threads);
  }

  /**
   * Returns the result of {@code work}, which runs on the thread that leads the team; on the
   * calling thread if that is a team of its own.
   */
  static <T> T lead(Callable<T> work) {
    return IS_THERE && size() > 1 ? Leader.call(work) : Leader.run(work);
  }

  /** Runs all of {@code parts} at the same time. Without OpenMP, Java threads run them. */
  public static void run(List<? extends Runnable> parts) {
    if (parts.size() == 1) {
      parts.get(0).run();
    } else if (IS_THERE && size() > 1) {
      lead(
          () -> {
            ALL.start(parts, size());
            return true;
          });
    } else {
      try {
        (IS_THERE ? parts.stream() : parts.parallelStream()).forEach(Runnable::run);
      } catch (RuntimeException | Error e) {
        throw failed(e);
      }
    }
  }

  private static IllegalStateException failed(Throwable thrown) {
    return new IllegalStateException("a thread of the engine failed: " + thrown, thrown);
  }

  /** Returns a step that runs {@code list} in all threads. */
  static Runnable work(WorkList list) {
    if (IS_THERE) {
      return () -> run(list.code(), list.start());
    }
    Function code = Function.getFunction(list.code());
    return () -> {
      Object[] data = {list.start()};
      IntStream.range(0, size()).parallel().forEach(thread -> code.invokeVoid(data));
    };
  }

  /** Runs machine code, a function of {@code data}, in all threads. */
  static void run(Pointer code, Pointer data) {
    GOMP_parallel(code, data, size(), 0);
  }

  /** Runs {@code each} once in every thread of the team; it must not throw. */
  static void everywhere(Runnable each) {
    if (size() == 1) {
      each.run();
      return;
    }
    lead(
        () -> {
          ALL.task = each;
          GOMP_parallel(ALL.functionOnce, null, size(), 0);
          return true;
        });
  }

  private void workOnce() {
    task.run();
  }

  private void start(List<? extends Runnable> work, int threads) {
    parts = work;
    next.set(0);
    try {
      // With a smaller number, OpenMP would end the surplus threads.
      GOMP_parallel(function, null, threads, 0);
      Throwable thrown = failure;
      if (thrown != null) {
        throw failed(thrown);
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
