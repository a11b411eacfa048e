package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A scaling of every vector or image to a Euclidean norm of 1.
 *
 * @param epsilon the least norm by which is divided
 */
public record L2Normalize(String layer, Value input, Value output, double epsilon)
    implements UnaryOp {
  /** Checks the shapes. */
  public L2Normalize {
    Shapes.equal(layer, input, output);
  }

  static Value read(L2NormalizeVertex vertex, List<Value> inputs, VertexReading from) {
    Value in = from.only(inputs);
    requireWhole(vertex.getDimension(), in, from);
    Value out = new Value(from.name(), in.shape());
    return from.add(new L2Normalize(from.name(), in, out, vertex.getEps()));
  }

  /** Refuses the axes whose gradient Deeplearning4j does not compute, or computes wrong. */
  private static void requireWhole(int @Nullable [] set, Value in, VertexReading from) {
    if (set == null || set.length == 0) {
      return;
    }
    int[] axes = Arrays.stream(set).map(axis -> axis < 0 ? axis + in.rank() : axis).toArray();
    Arrays.sort(axes);
    int[] whole = IntStream.range(1, in.rank()).toArray();
    if (!Arrays.equals(axes, whole)) {
      throw from.unsupported(
          "an L2 normalisation over the axes "
              + Arrays.toString(set)
              + " instead of "
              + Arrays.toString(whole));
    }
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit(to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Norms norms = emit(to);
    return to.backward(output, layer, out -> backward(out, norms, to));
  }

  /**
   * The norms of a batch and what is computed with them, {@code [N, 1]}.
   *
   * @param factors one divided by the norms
   */
  private record Norms(Buffer squares, Buffer roots, Buffer factors) {}

  private Norms emit(EmitContext to) {
    Buffer examples = examples(to.at(input), to);
    Buffer squares = sums("forward", examples, examples, to);
    Buffer roots = floats(1, to);
    to.elementwise(layer, "forward", dnnl.dnnl_eltwise_sqrt, 0, 0, squares, roots);
    Buffer factors = reciprocals("forward", roots, to);
    Buffer out = examples(to.make(output), to);
    binary("forward", dnnl.dnnl_binary_mul, examples, factors, out, to);
    return new Norms(squares, roots, factors);
  }

  /**
   * Emits {@code gradient / norm - input · Σ(gradient · input) / norm³}. As in Deeplearning4j, both
   * divisors are at least epsilon.
   */
  private void backward(Gradients.Part out, Norms norms, TrainingContext to) {
    Buffer examples = examples(to.at(input), to);
    Buffer gradient = examples(out.buffer(), to);
    Buffer sums = sums("backward", gradient, examples, to);
    Buffer cubes = floats(1, to);
    to.product(layer, "backward", norms.squares, norms.roots, cubes);
    to.product(layer, "backward", sums, reciprocals("backward", cubes, to), sums);
    Buffer along = floats(elements(), to);
    binary("backward", dnnl.dnnl_binary_mul, examples, sums, along, to);
    Buffer whole = floats(elements(), to);
    binary("backward", dnnl.dnnl_binary_mul, gradient, norms.factors, whole, to);
    Buffer into = to.gradientTarget(out, layer);
    binary("backward", dnnl.dnnl_binary_sub, whole, along, examples(into, to), to);
    to.addGradient(input, into, true);
  }

  private long elements() {
    return input.elements() / input.size(0);
  }

  /** Returns {@code [N, elements]}: the elements of an image are together in every layout. */
  private Buffer examples(Buffer values, EmitContext to) {
    long[] shape = {input.size(0), elements()};
    return to.assembly.view(values, to.assembly.layout(shape, to.type(input)));
  }

  private Buffer floats(long columns, EmitContext to) {
    long[] shape = {input.size(0), columns};
    return to.assembly.planned(layer, to.assembly.layout(shape, OneDnnLibrary.F32));
  }

  /** Returns the sum of {@code left · right} for each example, {@code [N, 1]}. */
  private Buffer sums(String work, Buffer left, Buffer right, EmitContext to) {
    Buffer products = floats(elements(), to);
    binary(work, dnnl.dnnl_binary_mul, left, right, products, to);
    if (elements() == 1) {
      return products; // oneDNN refuses the sum of one number
    }
    Buffer sums = floats(1, to);
    dnnl_primitive_desc sum =
        to.assembly.describe(
            layer + ": sum of products",
            (made, engine) ->
                dnnl.dnnl_reduction_primitive_desc_create(
                    made,
                    engine,
                    dnnl.dnnl_reduction_sum,
                    products.layout,
                    sums.layout,
                    0,
                    0,
                    to.assembly.attributes()));
    to.assembly.execute(layer, work, sum, Argument.source(products), Argument.destination(sums));
    return sums;
  }

  /**
   * Returns one divided by {@code divisors}, which are at least epsilon. A division by oneDNN would
   * raise the flag of NaN, since it divides zeros beside the end of an array.
   */
  private Buffer reciprocals(String work, Buffer divisors, EmitContext to) {
    Buffer result = floats(1, to);
    to.elementwise(
        layer, work, dnnl.dnnl_eltwise_clip, epsilon, Float.POSITIVE_INFINITY, divisors, result);
    to.elementwise(layer, work, dnnl.dnnl_eltwise_pow, 1, -1, result, result);
    return result;
  }

  private void binary(
      String work, int algorithm, Buffer left, Buffer right, Buffer into, EmitContext to) {
    dnnl_primitive_desc descriptor =
        to.descriptors.binary(
            layer, algorithm, left.layout, right.layout, into.layout, to.assembly.attributes());
    to.assembly.execute(
        layer,
        work,
        descriptor,
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(into));
  }
}
