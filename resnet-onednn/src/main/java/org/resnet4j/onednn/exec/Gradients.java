package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/**
 * The gradients of values while the backward pass is emitted. Each reader of a value contributes
 * one, and the operation that computes the value takes their sum.
 */
public final class Gradients {
  /**
   * A contribution to a gradient.
   *
   * @param owned whether the buffer may be overwritten, as nothing else reads it
   */
  public record Part(Buffer buffer, boolean owned) {}

  private final EmitContext context;
  private final Set<Value> wanted;
  private final Map<Value, List<Part>> parts = new HashMap<>();

  Gradients(EmitContext context, Set<Value> wanted) {
    this.context = context;
    this.wanted = wanted;
  }

  /** Returns whether the gradient of {@code parameter} is computed. */
  public static boolean isTrained(@Nullable Parameter parameter) {
    return parameter != null && parameter.gradient() != null;
  }

  /** Returns whether {@code value} depends on a trained parameter. */
  boolean wants(Value value) {
    return wanted.contains(value);
  }

  void add(Value value, Buffer buffer, boolean owned) {
    if (wants(value)) {
      parts.computeIfAbsent(value, key -> new ArrayList<>()).add(new Part(buffer, owned));
    }
  }

  /** Returns the sum of all contributions; null if no output depends on {@code value}. */
  @Nullable Part take(Value value, String layer) {
    List<Part> all = parts.remove(value);
    if (all == null) {
      return null;
    }
    Part sum = all.get(0);
    for (Part next : all.subList(1, all.size())) {
      Buffer into =
          sum.owned
              ? sum.buffer
              : next.owned ? next.buffer : context.assembly.planned(layer, sum.buffer.layout);
      context.assembly.execute(
          layer,
          "sum of gradients",
          context.descriptors.binary(
              layer, dnnl.dnnl_binary_add, into.layout, Nonlinearity.IDENTITY),
          Argument.source(sum.buffer),
          Argument.secondSource(next.buffer),
          Argument.destination(into));
      sum = new Part(into, true);
    }
    return sum;
  }

  /**
   * Returns the buffer of {@code part} if it may be overwritten, else a new one of the same layout.
   */
  Buffer target(Part part, String layer) {
    return part.owned ? part.buffer : context.assembly.planned(layer, part.buffer.layout);
  }
}
