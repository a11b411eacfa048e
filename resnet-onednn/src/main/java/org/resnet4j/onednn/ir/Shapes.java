package org.resnet4j.onednn.ir;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Refuses operations with incompatible shapes, for which primitives would access memory beyond
 * their arrays. Every message names the layer.
 */
final class Shapes {
  private Shapes() {}

  static void equal(String layer, Value one, Value other) {
    if (!Arrays.equals(one.shape(), other.shape())) {
      throw refused(layer, "expected equal shapes but they are " + one + " and " + other);
    }
  }

  /** Checks that {@code parameter}, unless it is null, has {@code expected} elements. */
  private static void count(
      String layer, String what, @Nullable Parameter parameter, long expected) {
    if (parameter != null && parameter.value().length() != expected) {
      throw refused(
          layer,
          "expected "
              + expected
              + " elements of "
              + what
              + " but there are "
              + parameter.value().length());
    }
  }

  static void batchNorm(
      String layer, Value input, Value output, @Nullable Parameter... parameters) {
    equal(layer, input, output);
    for (Parameter parameter : parameters) {
      count(layer, "a batch normalisation's parameter", parameter, input.size(1));
    }
  }

  static void conv(
      String layer,
      Value input,
      Value output,
      Window window,
      Parameter weights,
      @Nullable Parameter bias,
      Op.Fused fused) {
    fused(layer, output, fused);
    windowed(layer, input, output, window);
    long[] shape = weights.value().shape();
    long outputs = output.size(1);
    long[] kernel = window.kernel();
    if (shape.length != 4
        || shape[0] != outputs
        || shape[1] < 1
        || input.size(1) % shape[1] != 0
        || outputs % (input.size(1) / shape[1]) != 0
        || shape[2] != kernel[0]
        || shape[3] != kernel[1]) {
      throw refused(
          layer,
          "expected weights ["
              + outputs
              + ", a divisor of "
              + input.size(1)
              + ", "
              + kernel[0]
              + ", "
              + kernel[1]
              + "] but their shape is "
              + Arrays.toString(shape));
    }
    count(layer, "weights", weights, outputs * shape[1] * shape[2] * shape[3]);
    count(layer, "bias", bias, outputs);
  }

  private static void windowed(String layer, Value input, Value output, Window window) {
    if (input.rank() != 4
        || !Arrays.equals(output.shape(), window.outputShape(input, output.size(1)))) {
      throw refused(layer, window + " does not compute " + output + " from " + input);
    }
  }

  static void dense(
      String layer,
      Value input,
      Value output,
      Parameter weights,
      @Nullable Parameter bias,
      Op.Fused fused) {
    fused(layer, output, fused);
    long[] expected = {input.size(1), output.size(1)};
    if (input.rank() != 2 || output.rank() != 2 || input.size(0) != output.size(0)) {
      throw refused(layer, "a matmul does not compute " + output + " from " + input);
    }
    if (!Arrays.equals(weights.value().shape(), expected)) {
      throw refused(
          layer,
          "expected weights "
              + Arrays.toString(expected)
              + " but their shape is "
              + Arrays.toString(weights.value().shape()));
    }
    count(layer, "bias", bias, output.size(1));
  }

  /** Checks the operations fused into the one that computes {@code output}. */
  private static void fused(String layer, Value output, Op.Fused fused) {
    Op.BatchNorm norm = fused.norm();
    Value addend = fused.addend();
    if (norm != null) {
      equal(layer, norm.output(), output);
    }
    if (addend != null) {
      equal(layer, addend, output);
    }
  }

  /** Checks a pooling, which may reduce one pixel to {@code [N, C]}. */
  static void pool(String layer, Value input, Value output, Window window) {
    if (output.rank() == 4) {
      windowed(layer, input, output, window);
    } else {
      windowed(layer, input, new Value(layer, output.size(0), output.size(1), 1, 1), window);
    }
    if (output.size(1) != input.size(1)) {
      throw refused(layer, "pooling does not compute " + output + " from " + input);
    }
    if (window.readsPaddingAlone(input)) {
      throw refused(layer, window + " would pool only padding of " + input);
    }
  }

  static void pad(String layer, Value input, Value output, long[] before) {
    boolean fits = input.rank() == 4 && output.rank() == 4 && before.length == 4;
    for (int axis = 0; fits && axis < 4; axis++) {
      fits = before[axis] >= 0 && before[axis] + input.size(axis) <= output.size(axis);
    }
    if (!fits || input.size(0) != output.size(0)) {
      throw refused(
          layer, input + " at " + Arrays.toString(before) + " is not a part of " + output);
    }
  }

  static void concat(String layer, List<Value> inputs, int axis, Value output) {
    long[] sum = output.shape();
    if (axis < 1 || axis >= sum.length) {
      throw refused(layer, "the axis " + axis + " of " + output);
    }
    sum[axis] = 0;
    for (Value input : inputs) {
      long[] part = input.shape();
      if (part.length == sum.length) {
        sum[axis] += part[axis];
        part[axis] = output.size(axis);
      }
      if (!Arrays.equals(part, output.shape())) {
        throw refused(layer, input + " is not a part of " + output + " along the axis " + axis);
      }
    }
    if (sum[axis] != output.size(axis)) {
      throw refused(layer, inputs + " do not concatenate to " + output + " along the axis " + axis);
    }
  }

  static void scaleChannels(
      String layer, Value input, Value factors, Value output, Op.Fused fused) {
    fused(layer, output, fused);
    equal(layer, input, output);
    if (input.rank() != 4
        || factors.rank() != 2
        || input.size(0) != factors.size(0)
        || input.size(1) != factors.size(1)) {
      throw refused(layer, factors + " are not one factor for each channel of " + input);
    }
  }

  static void reshape(String layer, Value input, Value output) {
    if (input.elements() != output.elements() || input.size(0) != output.size(0)) {
      throw refused(layer, output + " has another number of elements than " + input);
    }
  }

  static void dropout(String layer, Value input, Value output, double keep) {
    equal(layer, input, output);
    // The negated form refuses NaN, too.
    if (!(keep > 0 && keep <= 1)) {
      throw refused(layer, "expected to keep values with a probability in (0, 1] but was " + keep);
    }
  }

  private static IllegalArgumentException refused(String layer, String why) {
    return new IllegalArgumentException("vertex \"" + layer + "\": " + why);
  }
}
