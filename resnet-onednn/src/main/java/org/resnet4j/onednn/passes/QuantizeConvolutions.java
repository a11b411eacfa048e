package org.resnet4j.onednn.passes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.FilterOrder;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ops.Activate;
import org.resnet4j.onednn.ops.Add;
import org.resnet4j.onednn.ops.BatchNorm;
import org.resnet4j.onednn.ops.Concat;
import org.resnet4j.onednn.ops.Conv;
import org.resnet4j.onednn.ops.Fusable;
import org.resnet4j.onednn.ops.Fused;
import org.resnet4j.onednn.ops.Pad;
import org.resnet4j.onednn.ops.Pool;
import org.resnet4j.onednn.ops.Quantize;

/**
 * Computes convolutions by 8-bit integers if their inputs are never negative, such as after ReLU.
 * The first convolution, those with groups and dense layers stay in single precision.
 *
 * <p>What such a convolution reads is in integers, without sign; and if its result is, so is the
 * value that it adds to, with a sign if that may be negative. Elsewhere, values are converted.
 */
public final class QuantizeConvolutions {
  private final Program program;
  private final Map<Value, Op> producers = new HashMap<>();
  private final Map<Value, List<Op>> readers;

  /** The values that are wanted in integers, with whether they are signed, in program order. */
  private final Map<Value, Boolean> wanted = new LinkedHashMap<>();

  private QuantizeConvolutions(Program program) {
    this.program = program;
    readers = program.readers();
    program.ops().forEach(op -> producers.put(op.output(), op));
    Map<Value, Boolean> found = new HashMap<>();
    for (int i = program.ops().size() - 1; i >= 0; i--) {
      if (program.ops().get(i) instanceof Conv conv && isQuantized(conv)) {
        found.put(conv.input(), false);
        Value addend = conv.fused().addend();
        if (addend != null && found.containsKey(conv.output())) {
          found.put(addend, !isNonNegative(addend));
        }
      }
    }
    for (Op op : program.ops()) {
      Boolean signed = found.get(op.output());
      if (signed != null) {
        wanted.put(op.output(), signed);
      }
    }
  }

  /**
   * Returns the values that are in integers, in program order, with whether they are signed.
   *
   * @param program after the passes for inference
   */
  public static Map<Value, Boolean> values(Program program) {
    return new QuantizeConvolutions(program).wanted;
  }

  /**
   * Returns {@code program} in integers.
   *
   * @param ranges the largest magnitude of each of {@link #values}
   */
  public static Program apply(Program program, ToDoubleFunction<Value> ranges) {
    return new QuantizeConvolutions(program).quantized(ranges);
  }

  /**
   * Returns whether integers are faster than single precision on this CPU. With VNNI they are. With
   * AVX2 alone they are faster in 1×1 convolutions and with strides, but not faster than Winograd.
   * So at least half of the products must be in such convolutions (docs/adr/0026).
   */
  public static boolean isFaster(Program program) {
    return CpuFeatures.hasVnni()
        || (CpuFeatures.hasAvx2() && new QuantizeConvolutions(program).isFasterThanWinograd());
  }

  private boolean isFasterThanWinograd() {
    double all = 0;
    double faster = 0;
    for (Op op : program.ops()) {
      if (op instanceof Conv conv) {
        long[] kernel = conv.window().kernel();
        double products =
            (double) conv.output().elements() * conv.weights().value().size(1) * kernel[0];
        all += products * kernel[1];
        boolean winograd =
            Arrays.equals(kernel, new long[] {3, 3})
                && Arrays.equals(conv.window().stride(), new long[] {1, 1});
        faster += isQuantized(conv) && !winograd ? products * kernel[1] : 0;
      }
    }
    return all > 0 && faster >= all / 2;
  }

  private boolean isQuantized(Conv conv) {
    return conv.order() == FilterOrder.OUTPUTS_FIRST
        && conv.groups() == 1
        && isNonNegative(conv.input());
  }

  private boolean isNonNegative(Value value) {
    Op op = producers.get(value);
    if (op instanceof Fusable fusable) {
      return isNonNegative(fusable.fused().activation());
    } else if (op instanceof Activate activate) {
      return isNonNegative(activate.activation());
    } else if (op instanceof Add add) {
      return isNonNegative(add.activation())
          || (isNonNegative(add.left()) && isNonNegative(add.right()));
    } else if (op instanceof BatchNorm norm) {
      return isNonNegative(norm.activation());
    }
    return (op instanceof Pool || op instanceof Pad || op instanceof Concat)
        && op.inputs().stream().allMatch(this::isNonNegative);
  }

  private static boolean isNonNegative(Nonlinearity activation) {
    return switch (activation.kind()) {
      case RELU, SIGMOID, HARD_SIGMOID, SOFTPLUS, SOFTMAX -> true;
      case CLIP -> activation.alpha() >= 0;
      case IDENTITY, LEAKY_RELU, TANH, ELU, SWISH, GELU, HARD_SWISH -> false;
    };
  }

  private Program quantized(ToDoubleFunction<Value> ranges) {
    Map<Value, Value> integers = new HashMap<>();
    wanted.forEach(
        (value, signed) ->
            integers.put(value, value.in(Int8.of(signed, ranges.applyAsDouble(value)))));
    List<Op> ops = new ArrayList<>();
    for (Op op : program.ops()) {
      Value plain = op.output();
      Value quantized = integers.get(plain);
      if (!(op instanceof Conv conv && isQuantized(conv))) {
        ops.add(op);
        if (quantized != null) {
          ops.add(new Quantize(op.layer(), plain, quantized));
        }
        continue;
      }
      ops.add(quantized(conv, integers, quantized));
      if (quantized != null && isReadInSinglePrecision(plain)) {
        ops.add(new Quantize(op.layer(), quantized, plain));
      }
    }
    return program.withOps(ops);
  }

  private static Conv quantized(Conv conv, Map<Value, Value> integers, @Nullable Value quantized) {
    Conv read = conv.of(Objects.requireNonNull(integers.get(conv.input())), conv.window());
    if (quantized == null) {
      return read;
    }
    Fused fused = conv.fused();
    Value addend = fused.addend() == null ? null : integers.get(fused.addend());
    return read.with(new Fused(fused.norm(), addend, fused.activation()), quantized);
  }

  private boolean isReadInSinglePrecision(Value value) {
    return program.outputs().contains(value)
        || readers.getOrDefault(value, List.of()).stream()
            .anyMatch(
                op ->
                    !(op instanceof Conv conv && isQuantized(conv))
                        || (conv.input() != value && !wanted.containsKey(conv.output())));
  }
}
