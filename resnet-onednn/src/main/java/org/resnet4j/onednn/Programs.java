package org.resnet4j.onednn;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The compiled programs of an owner by the shapes of their inputs. All are freed by {@link
 * #close()}, or when the owner has become unreachable. Only one thread may use programs at a time.
 */
final class Programs<P> {
  private static final Cleaner CLEANER = Cleaner.create();

  private static final AtomicLong LIVE = new AtomicLong();

  private final int most;
  private final Consumer<P> free;
  private final Map<List<List<Long>>, P> known = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  private Programs(int most, Consumer<P> free) {
    this.most = most;
    this.free = free;
  }

  /**
   * Creates a store of programs that live as long as {@code owner}. Neither they nor {@code free}
   * may refer to it.
   *
   * @param most number of programs that are kept
   */
  static <P> Programs<P> of(Object owner, int most, Consumer<P> free) {
    Programs<P> made = new Programs<>(most, free);
    CLEANER.register(owner, made::close);
    return made;
  }

  /** Returns the shapes as a key, with one list for each input. */
  static List<List<Long>> key(List<long[]> shapes) {
    List<List<Long>> key = new ArrayList<>();
    for (long[] shape : shapes) {
      List<Long> sizes = new ArrayList<>();
      for (long size : shape) {
        sizes.add(size);
      }
      key.add(sizes);
    }
    return key;
  }

  /** Refuses arrays that are null or closed. */
  static void requireOpen(String what, INDArray... arrays) {
    for (int i = 0; i < arrays.length; i++) {
      String which = arrays.length == 1 ? what : what + " " + i;
      if (arrays[i] == null) {
        throw new IllegalArgumentException(which + ": expected an array but it is null");
      }
      if (arrays[i].wasClosed()) {
        throw new IllegalStateException(
            which + ": the array was closed, its memory is gone; make it again");
      }
    }
  }

  synchronized @Nullable P get(List<List<Long>> key) {
    return known.get(key);
  }

  synchronized void put(List<List<Long>> key, P program) {
    known.put(key, program);
    LIVE.incrementAndGet();
  }

  /** Frees the least recently used program if the store is full. */
  synchronized void makeRoom() {
    if (known.size() >= most) {
      freeOldest();
    }
  }

  private void freeOldest() {
    Iterator<P> oldest = known.values().iterator();
    P gone = oldest.next();
    oldest.remove();
    LIVE.decrementAndGet();
    free.accept(gone);
  }

  /** Returns the number of programs of all owners that have not been freed. */
  static long live() {
    return LIVE.get();
  }

  synchronized List<P> all() {
    return List.copyOf(known.values());
  }

  /** Frees all programs; others may be added afterwards. */
  synchronized void clear() {
    while (!known.isEmpty()) {
      freeOldest();
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized void close() {
    closed = true;
    clear();
  }
}
