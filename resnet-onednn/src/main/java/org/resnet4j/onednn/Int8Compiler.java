package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.passes.Passes;
import org.resnet4j.onednn.passes.QuantizeConvolutions;

/** Names the values of a program that are computed in 8-bit integers, and applies their ranges. */
final class Int8Compiler {
  private Int8Compiler() {}

  /**
   * The values in 8-bit integers.
   *
   * @param program after the passes for inference
   * @param names of the values in integers, in program order
   * @param signed whether each of them may be negative
   */
  record Named(Program program, Map<Value, String> names, Map<Value, Boolean> signed) {}

  /** Returns the values of {@code read} that are computed in integers. */
  static Named named(Program read) {
    Map<Value, String> all = read.names();
    Program program = Passes.forInference(read);
    Map<Value, Boolean> signed = QuantizeConvolutions.values(program);
    Map<Value, String> names = new LinkedHashMap<>();
    signed.keySet().forEach(value -> names.put(value, Objects.requireNonNull(all.get(value))));
    return new Named(program, names, signed);
  }

  /**
   * Returns the program in integers.
   *
   * @throws IllegalArgumentException when {@code ranges} are of another network
   */
  static Program quantized(Program read, Int8Ranges ranges) {
    Named named = named(read);
    List<String> missing = new ArrayList<>(named.names.values());
    missing.removeAll(ranges.ranges().keySet());
    List<String> unknown = new ArrayList<>(ranges.ranges().keySet());
    unknown.removeAll(named.names.values());
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "ranges of 8-bit integers: expected those of this network's %s activations but \"%s\" is %s; calibrate this network"
              .formatted(
                  named.names.size(),
                  missing.isEmpty() ? unknown.get(0) : missing.get(0),
                  missing.isEmpty() ? "unknown" : "missing"));
    }
    return QuantizeConvolutions.apply(
        named.program,
        value -> ranges.ranges().get(Objects.requireNonNull(named.names.get(value))));
  }
}
