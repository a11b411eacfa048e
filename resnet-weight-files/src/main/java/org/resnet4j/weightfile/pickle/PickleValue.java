package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.ElementType;

/**
 * What a pickle builds beside numbers, strings, truth values and bytes, which are Java's. No value
 * is ever compared, hashed or printed: values can hold themselves.
 */
public sealed interface PickleValue {
  /** Python's {@code None}, and the mark on the stack. */
  enum Special implements PickleValue {
    NONE,
    MARK
  }

  /** A list, tuple or set. */
  final class Sequence implements PickleValue {
    private List<Object> items;

    /** Keeps {@code items}. */
    Sequence(List<Object> items) {
      this.items = items;
    }

    public List<Object> items() {
      return items;
    }

    void addAll(List<Object> more) {
      items = joined(items, more);
    }
  }

  /** A dictionary: keys and values by turns, in the order they came; the last of a key counts. */
  final class Dict implements PickleValue {
    private List<Object> items = List.of();

    public List<Object> items() {
      return items;
    }

    void addAll(List<Object> keysAndValues) {
      items = joined(items, keysAndValues);
    }

    /** The value of a string, or null. */
    public @Nullable Object get(String name) {
      for (int i = items.size() - 2; i >= 0; i -= 2) {
        if (name.equals(items.get(i))) {
          return items.get(i + 1);
        }
      }
      return null;
    }
  }

  /** Takes no memory of its own until there is something to keep. */
  private static List<Object> joined(List<Object> items, List<Object> more) {
    if (more.isEmpty()) {
      return items;
    }
    List<Object> all = items instanceof ArrayList ? items : new ArrayList<>(items);
    all.addAll(more);
    return all;
  }

  /** Something without numbers for us: a device, a random state, a path. */
  enum Opaque implements PickleValue {
    OPAQUE
  }

  /**
   * Memory of tensors.
   *
   * @param key names it in the file
   * @param type null when every tensor brings its own
   * @param count elements, or bytes when there is no type
   * @param first the first element of the view that this is
   */
  record Storage(String key, @Nullable ElementType type, long count, long first)
      implements PickleValue {}

  /** A tensor that is in a {@code storage}: {@code offset} and {@code strides} in elements. */
  record StridedTensor(Storage storage, ElementType type, long offset, long[] shape, long[] strides)
      implements PickleValue {}

  /**
   * A class or function that a pickle may name.
   *
   * @param callable whether a pickle may call it
   * @param type of the elements, when it is a storage's class or a data type
   */
  record Global(String name, boolean callable, @Nullable ElementType type) implements PickleValue {}
}
