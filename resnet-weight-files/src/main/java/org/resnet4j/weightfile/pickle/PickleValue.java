package org.resnet4j.weightfile.pickle;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.ElementType;

/**
 * A value in a pickle other than numbers, strings, booleans and bytes, which are Java's. Values
 * must never be compared, hashed or printed, because they may contain themselves.
 */
public sealed interface PickleValue {
  /** Python's {@code None} and the mark on the stack. */
  enum Special implements PickleValue {
    NONE,
    MARK
  }

  /** A list, tuple or set. */
  final class Sequence implements PickleValue {
    private List<Object> items;

    /** Creates a sequence that shares {@code items}. */
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

  /**
   * A dictionary of alternating keys and values in their original order; the last value of a key
   * counts.
   */
  final class Dict implements PickleValue {
    private List<Object> items = List.of();

    public List<Object> items() {
      return items;
    }

    void addAll(List<Object> keysAndValues) {
      items = joined(items, keysAndValues);
    }

    /** Returns the value of a string key, or null. */
    public @Nullable Object get(String name) {
      for (int i = items.size() - 2; i >= 0; i -= 2) {
        if (name.equals(items.get(i))) {
          return items.get(i + 1);
        }
      }
      return null;
    }
  }

  /** Returns both lists joined; a list is allocated only if both have items. */
  private static List<Object> joined(List<Object> items, List<Object> more) {
    if (more.isEmpty()) {
      return items;
    }
    if (items.isEmpty()) {
      return more;
    }
    List<Object> all = items instanceof ArrayList ? items : new ArrayList<>(items);
    all.addAll(more);
    return all;
  }

  /**
   * An object that only Python could make, such as a path, a callback or a module. Its class is not
   * run; the values that would have gone into the object are kept.
   */
  final class Foreign implements PickleValue {
    private final String type;
    private final List<Object> arguments;
    private List<Object> state = List.of();

    /** Creates an object that shares {@code arguments}. */
    Foreign(String type, List<Object> arguments) {
      this.type = type;
      this.arguments = arguments;
    }

    /** Creates an object of which only the class is known. */
    public Foreign(String type) {
      this(type, List.of());
    }

    /** Returns the name of the class or function that makes it in Python. */
    public String type() {
      return type;
    }

    /** Returns the arguments of its class or function. */
    public List<Object> arguments() {
      return arguments;
    }

    /** Returns attributes and items that were set after the call. */
    public List<Object> state() {
      return state;
    }

    void addAll(List<Object> more) {
      state = joined(state, more);
    }
  }

  /**
   * The memory of tensors.
   *
   * @param key name in the file
   * @param type element type; null when every tensor has its own
   * @param count number of elements, or of bytes when there is no type
   * @param first index of the first element, if this is a view
   */
  record Storage(String key, @Nullable ElementType type, long count, long first)
      implements PickleValue {}

  /** A tensor in a {@code storage}; {@code offset} and {@code strides} are in elements. */
  record StridedTensor(Storage storage, ElementType type, long offset, long[] shape, long[] strides)
      implements PickleValue {}

  /**
   * A class or function that a pickle names.
   *
   * @param callable whether a pickle may call it
   * @param type element type, if it is a storage's class or a data type; else null
   */
  record Global(String name, boolean callable, @Nullable ElementType type) implements PickleValue {}
}
