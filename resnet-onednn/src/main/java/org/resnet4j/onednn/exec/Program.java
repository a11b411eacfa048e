package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Value;

/**
 * A list of operations in execution order.
 *
 * @param outputs of the network in its order; in training, before activation and loss
 * @param headInputs inputs of the output layers in training; empty in inference
 * @param channelsLast whether the network's images are {@code [N, H, W, C]}; the shapes of values
 *     are {@code [N, C, H, W]} for either
 */
public record Program(
    List<Value> inputs,
    List<Op> ops,
    List<Value> outputs,
    List<Value> headInputs,
    boolean channelsLast) {
  /** Copies the lists. Checks that every value is computed once, before it is read. */
  public Program {
    inputs = List.copyOf(inputs);
    ops = List.copyOf(ops);
    outputs = List.copyOf(outputs);
    headInputs = List.copyOf(headInputs);
    Set<Value> made = new HashSet<>(inputs);
    for (Op op : ops) {
      requireMade(made, op.inputs());
      if (!made.add(op.output())) {
        throw new AssertionError(op.output() + ": computed twice");
      }
    }
    requireMade(made, outputs);
    requireMade(made, headInputs);
  }

  private static void requireMade(Set<Value> made, List<Value> read) {
    for (Value value : read) {
      if (!made.contains(value)) {
        throw new AssertionError(value + ": read before it was computed");
      }
    }
  }

  public Program withOps(List<Op> changed) {
    return new Program(inputs, changed, outputs, headInputs, channelsLast);
  }

  /** Returns the shape of the network's array that holds {@code value}. */
  public long[] shapeOutside(Value value) {
    return channelsLast && value.rank() == 4
        ? new long[] {value.size(0), value.size(2), value.size(3), value.size(1)}
        : value.shape();
  }

  /**
   * Returns a unique name for each computed value. The last value of a vertex has the vertex's
   * name; those before it have a number, too.
   */
  public Map<Value, String> names() {
    Map<String, List<Value>> ofVertex = new LinkedHashMap<>();
    for (Op op : ops) {
      ofVertex.computeIfAbsent(op.output().name(), name -> new ArrayList<>()).add(op.output());
    }
    Map<Value, String> names = new LinkedHashMap<>();
    ofVertex.forEach(
        (name, values) -> {
          for (int i = 0; i < values.size() - 1; i++) {
            names.put(values.get(i), name + "#" + (i + 1));
          }
          names.put(values.get(values.size() - 1), name);
        });
    return names;
  }

  /** Returns the operations that read each value. */
  public Map<Value, List<Op>> readers() {
    Map<Value, List<Op>> readers = new LinkedHashMap<>();
    for (Op op : ops) {
      for (Value input : op.inputs()) {
        readers.computeIfAbsent(input, value -> new ArrayList<>()).add(op);
      }
    }
    return readers;
  }

  /**
   * Returns the only operation that reads {@code value}, once, if the value is no output of the
   * network; else null.
   */
  public @Nullable Op onlyReader(Value value, Map<Value, List<Op>> readers) {
    List<Op> all = readers.getOrDefault(value, List.of());
    boolean given = outputs.contains(value) || headInputs.contains(value);
    return given || all.size() != 1 ? null : all.get(0);
  }

  /** Returns whether {@link #onlyReader} is {@code reader}. */
  public boolean isReadOnlyBy(Value value, Op reader, Map<Value, List<Op>> readers) {
    return reader == onlyReader(value, readers);
  }
}
