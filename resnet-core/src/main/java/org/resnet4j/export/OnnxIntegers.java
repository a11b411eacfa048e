package org.resnet4j.export;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.resnet4j.arch.Activation;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.Int8Weights;
import org.resnet4j.weightfile.onnx.ProtoMessage;

/**
 * Adds QuantizeLinear and DequantizeLinear to a graph of ONNX, so that it computes the integers of
 * the oneDNN engine: activations in the given ranges, and the weights of convolutions that read
 * them.
 */
final class OnnxIntegers {
  /** The largest integers of activations, as in the engine. */
  private static final int UNSIGNED = 255;

  private static final int SIGNED = 127;

  private static final int ATTRIBUTE_INT = 2;

  private final Map<String, Float> ranges;
  private final ProtoMessage graph;
  private final Map<LayerPath, Boolean> nonNegative = new HashMap<>();

  /**
   * Creates the integers of a graph.
   *
   * @param ranges by the vertex that computes the activation
   * @throws IllegalArgumentException when {@code plan} lacks one of the vertices
   */
  OnnxIntegers(Plan plan, Map<String, Float> ranges, ProtoMessage graph) {
    this.ranges = ranges;
    this.graph = graph;
    TreeSet<String> unknown = new TreeSet<>(ranges.keySet());
    for (Node node : plan.nodes()) {
      nonNegative.put(node.path(), isNonNegative(node));
      unknown.remove(node.path().vertex());
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected ranges of its own activations but \"%s\" is none; quantize this network"
              .formatted(plan.architecture().name(), unknown.first()));
    }
  }

  private boolean isNonNegative(Node node) {
    return (node instanceof Node.Activate activate && activate.function() == Activation.RELU)
        || node instanceof Node.Sigmoid
        || ((node instanceof Node.Pool
                || node instanceof Node.PadChannels
                || node instanceof Node.PadEdges
                || node instanceof Node.Dropout
                || node instanceof Node.Add)
            && node.inputs().stream().allMatch(input -> nonNegative.getOrDefault(input, false)));
  }

  boolean has(LayerPath path) {
    return ranges.containsKey(path.vertex());
  }

  /** Returns whether a convolution is computed in integers. */
  boolean isQuantized(Node.Conv conv) {
    return conv.groups() == 1 && has(conv.input()) && nonNegative.getOrDefault(conv.input(), false);
  }

  private float scale(LayerPath path) {
    boolean signed = !nonNegative.getOrDefault(path, false);
    return (float)
        ((double) Objects.requireNonNull(ranges.get(path.vertex())) / (signed ? SIGNED : UNSIGNED));
  }

  /**
   * Adds the rounding of {@code from}, and returns the graph. Signed integers are stored from 0 to
   * 255, because ONNX Runtime only has convolutions whose input and output have one type.
   */
  ProtoMessage round(LayerPath path, String from, String to) {
    String name = path.vertex();
    byte zero = (byte) (nonNegative.getOrDefault(path, false) ? 0 : 128);
    List<String> by = List.of(name + ".scale", name + ".zero");
    float scale = scale(path);
    graph.nested(5, OnnxTensor.floats(by.get(0), new long[0], () -> new float[] {scale}));
    graph.nested(5, OnnxTensor.bytes(by.get(1), new long[0], false, () -> new byte[] {zero}));
    String integers = name + ".integers";
    add("QuantizeLinear", integers, List.of(from, by.get(0), by.get(1)));
    return add("DequantizeLinear", to, List.of(integers, by.get(0), by.get(1)));
  }

  /** Adds rounded weights, and returns the name of the product with their scales. */
  String weight(String name, long[] shape, Supplier<float[]> values) {
    Int8Weights rounded = rounded(shape, values.get());
    long[] outputs = {shape[0]};
    List<String> from = List.of(name + ".integers", name + ".scale", name + ".zero");
    graph.nested(5, OnnxTensor.bytes(from.get(0), shape, true, rounded::values));
    graph.nested(5, OnnxTensor.floats(from.get(1), outputs, rounded::scales));
    graph.nested(5, OnnxTensor.bytes(from.get(2), outputs, true, () -> new byte[(int) shape[0]]));
    addByOutput(name, from);
    return name;
  }

  private static Int8Weights rounded(long[] shape, float... values) {
    return Int8Weights.of(values, (int) shape[0], (int) shape[1]);
  }

  /**
   * Adds a bias in the integers in which ONNX Runtime sums products, if it fits; it is the result's
   * rounding that counts.
   */
  String bias(
      LayerPath input,
      String name,
      long[] shape,
      Supplier<float[]> weights,
      Supplier<float[]> bias) {
    float[] scales = rounded(shape, weights.get()).scales(scale(input));
    float[] values = bias.get();
    int[] integers = new int[values.length];
    boolean fits = true;
    for (int out = 0; out < integers.length; out++) {
      double integer = Math.rint(values[out] / (double) scales[out]);
      fits &= Math.abs(integer) < Integer.MAX_VALUE;
      integers[out] = (int) integer;
    }
    long[] outputs = {shape[0]};
    if (!fits) {
      graph.nested(5, OnnxTensor.floats(name, outputs, () -> values));
      return name;
    }
    List<String> from = List.of(name + ".integers", name + ".scale");
    graph.nested(5, OnnxTensor.integers32(from.get(0), integers));
    graph.nested(5, OnnxTensor.floats(from.get(1), outputs, () -> scales));
    addByOutput(name, from);
    return name;
  }

  private void addByOutput(String to, List<String> from) {
    graph.nested(
        1,
        OnnxTensor.operator("DequantizeLinear", to, from)
            .nested(
                5, new ProtoMessage().text(1, "axis").integer(3, 0).integer(20, ATTRIBUTE_INT)));
  }

  private ProtoMessage add(String operator, String to, List<String> from) {
    return graph.nested(1, OnnxTensor.operator(operator, to, from));
  }
}
