package org.resnet4j.tensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The named tensors of a weight file, with the file's names, shapes and order of axes. A reader
 * maps or streams its file, checks everything before it allocates memory, and executes nothing.
 * Instances are thread-safe until they are closed.
 */
public interface Tensors extends Closeable {
  /** Returns the origin of the tensors for messages, for example a file's path. */
  String source();

  /** Returns all names, in the order of the file. */
  Set<String> names();

  /**
   * Returns the sizes of the axes; empty for a scalar.
   *
   * @throws IllegalArgumentException when there is no tensor of that name
   */
  long[] shape(String name);

  /**
   * Returns the values in row-major (C) order, converted to single precision.
   *
   * @throws IOException when the file cannot be read; the message has file, tensor and remedy
   * @throws IllegalArgumentException when there is no tensor of that name
   */
  float[] read(String name) throws IOException;

  /**
   * Fills {@code into} with the values that {@link #read(String)} returns, as floats in its byte
   * order. A tensor that the file stores so is read into that memory without another copy.
   *
   * @param into with as many bytes left as the values take
   */
  default void read(String name, ByteBuffer into) throws IOException {
    put(read(name), into);
  }

  /** Fills {@code into} with {@code values}. */
  static void put(float[] values, ByteBuffer into) {
    if (into.remaining() != (long) values.length * Float.BYTES) {
      throw new IllegalArgumentException(
          "expected room for %s values but there are %s bytes"
              .formatted(values.length, into.remaining()));
    }
    into.slice().order(into.order()).asFloatBuffer().put(values);
    into.position(into.limit());
  }

  /** Returns whether the values are counts, which files store as whole numbers. */
  default boolean isWhole(String name) {
    return false;
  }

  /** Returns the place of these tensors in their file, and what else the file has. */
  default Selection selection() {
    return Selection.WHOLE;
  }

  /** Returns the network that the file describes; null for a file of tensors alone. */
  default @Nullable FileGraph graph() {
    return null;
  }

  @Override
  void close() throws IOException;

  /**
   * A tensor in memory.
   *
   * @param values values in row-major order
   */
  record Tensor(long[] shape, float[] values) {
    public Tensor {
      long count = 1;
      for (long size : shape) {
        count = Math.multiplyExact(count, size);
      }
      if (count != values.length) {
        throw new IllegalArgumentException(
            "expected %s values for shape %s but there are %s"
                .formatted(count, java.util.Arrays.toString(shape), values.length));
      }
    }
  }

  /** Returns tensors in memory; nothing is copied. */
  static Tensors of(String source, Map<String, Tensor> tensors) {
    Map<String, Tensor> all = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    return new Tensors() {
      @Override
      public String source() {
        return source;
      }

      @Override
      public Set<String> names() {
        return all.keySet();
      }

      @Override
      public long[] shape(String name) {
        return tensor(name).shape().clone();
      }

      @Override
      public float[] read(String name) {
        return tensor(name).values().clone();
      }

      private Tensor tensor(String name) {
        Tensor tensor = all.get(name);
        if (tensor == null) {
          throw new IllegalArgumentException(source + ": there is no tensor \"" + name + "\"");
        }
        return tensor;
      }

      @Override
      public void close() {}
    };
  }
}
