package org.resnet4j.onednn.exec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;

/** Emits the backward pass: the operations of the forward pass in reverse. */
final class Backward {
  /**
   * The page size. Addresses that differ by a multiple of it map to the same set of the L1 cache.
   */
  private static final int PAGE = 4096;

  private final Lowering lowering;
  private final Assembly assembly;
  private final Descriptors descriptors;
  private final Gradients gradients;
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final Program program;
  private final Map<Value, List<Op>> readers;

  Backward(Lowering lowering, Program program) {
    this.lowering = lowering;
    this.program = program;
    readers = program.readers();
    assembly = lowering.assembly;
    descriptors = lowering.descriptors;
    gradients = new Gradients(lowering, program);
  }

  void push(Runnable step) {
    undo.push(step);
  }

  /** Declares the buffer that holds the gradient of an output. */
  void start(Value value, Buffer gradient) {
    gradients.add(value, gradient, false);
  }

  void run() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
  }

  /**
   * Returns whether neither the backward pass nor any operation except {@code reader} reads {@code
   * value}.
   */
  boolean isFree(Value value, Op.Add reader) {
    return program.isReadOnlyBy(value, reader, readers)
        && program.ops().stream()
            .anyMatch(
                op ->
                    op.output() == value
                        && (op instanceof Op.BatchNorm
                            || op instanceof Op.Conv
                            || op instanceof Op.ScaleChannels));
  }

  /**
   * Returns whether the gradient of a bias is zero for all data, because the following batch
   * normalisation subtracts the mean.
   */
  private boolean isUndone(Value output) {
    return program.onlyReader(output, readers) instanceof Op.BatchNorm norm && !norm.frozen();
  }

  void conv(Op.Conv op, dnnl_primitive_desc forward, Buffer weights) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    if (gradients.wants(op.input())) {
      convData(op, forward, out.buffer(), weights);
    }
    if (Gradients.isTrained(op.weights()) || Gradients.isTrained(op.bias())) {
      convWeights(op, forward, out.buffer());
    }
  }

  private void convData(Op.Conv op, dnnl_primitive_desc forward, Buffer gradient, Buffer weights) {
    Winograd winograd = lowering.winograd(op, Winograd.Purpose.BACKWARD_DATA);
    if (winograd != null) {
      Buffer into = assembly.planned(op.layer(), lowering.layout(op.input()));
      winograd.backwardData(gradient, winograd.weights().transformed(weights, true, false), into);
      gradients.add(op.input(), into, true);
      return;
    }
    dnnl_primitive_desc descriptor =
        descriptors.convBackwardData(
            op,
            lowering.layout(op.input()),
            assembly.layout(op.weightShape(), lowering.type(op.input()), dnnl.dnnl_format_tag_any),
            gradient.layout,
            forward);
    dataGradient(op.layer(), descriptor, gradient, weights, op.input());
  }

  private void convWeights(Op.Conv op, dnnl_primitive_desc forward, Buffer gradient) {
    Buffer bias = biasGradient(op.layer(), op.bias(), op.output());
    INDArray own = op.weights().gradient();
    Winograd winograd = lowering.winograd(op, Winograd.Purpose.BACKWARD_WEIGHTS);
    if (winograd != null && bias == null && own != null) {
      winograd.backwardWeights(
          lowering.at(op.input()),
          gradient,
          assembly.external(op.layer(), lowering.plainWeights(op), Memory.address(own)));
      return;
    }
    dnnl_primitive_desc descriptor =
        descriptors.convBackwardWeights(
            op,
            lowering.convSource(op.input(), true),
            assembly.layout(op.weightShape(), Native.F32, dnnl.dnnl_format_tag_any),
            bias == null ? null : bias.layout,
            gradient.layout,
            forward);
    Buffer source =
        lowering.at(op.input(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC), op.layer());
    weightGradient(
        op.layer(),
        descriptor,
        lowering.plainWeights(op),
        op.weightShape(),
        op.weights(),
        Argument.withBiasGradient(
            bias, Argument.source(source), Argument.destinationGradient(gradient)));
  }

  void dense(Op.Dense op, dnnl_primitive_desc forward, Buffer weights) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    long[] shape = {op.output().size(1), op.input().size(1)};
    dnnl_memory_desc any = assembly.layout(shape, Native.F32, dnnl.dnnl_format_tag_any);
    if (gradients.wants(op.input())) {
      dnnl_primitive_desc descriptor =
          descriptors.denseBackwardData(
              op.layer(), lowering.layout(op.input()), any, out.buffer().layout, forward);
      dataGradient(op.layer(), descriptor, out.buffer(), weights, op.input());
    }
    if (Gradients.isTrained(op.weights()) || Gradients.isTrained(op.bias())) {
      Buffer bias = biasGradient(op.layer(), op.bias(), op.output());
      dnnl_primitive_desc descriptor =
          descriptors.denseBackwardWeights(
              op.layer(),
              lowering.layout(op.input()),
              any,
              bias == null ? null : bias.layout,
              out.buffer().layout,
              forward);
      weightGradient(
          op.layer(),
          descriptor,
          assembly.layout(shape, Native.F32, dnnl.dnnl_oi),
          shape,
          op.weights(),
          Argument.withBiasGradient(
              bias,
              Argument.source(lowering.at(op.input())),
              Argument.destinationGradient(out.buffer())));
    }
  }

  /** Emits the primitive {@code descriptor}, which computes the gradient of {@code input}. */
  private void dataGradient(
      String layer, dnnl_primitive_desc descriptor, Buffer gradient, Buffer weights, Value input) {
    Buffer into = assembly.planned(layer, lowering.layout(input));
    assembly.execute(
        layer,
        "backward data",
        descriptor,
        Argument.destinationGradient(gradient),
        Argument.weights(
            assembly.in(
                Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), weights, layer, "weights")),
        Argument.sourceGradient(into));
    gradients.add(input, into, true);
  }

  private @Nullable Buffer biasGradient(String layer, @Nullable Parameter bias, Value output) {
    if (bias == null || bias.gradient() == null) {
      return null;
    }
    Buffer gradient = lowering.vector(layer, bias.gradient());
    if (isUndone(output)) {
      assembly.zero(layer, gradient);
      return null;
    }
    return gradient;
  }

  private void weightGradient(
      String layer,
      dnnl_primitive_desc descriptor,
      dnnl_memory_desc plain,
      long[] shape,
      Parameter weights,
      Argument... arguments) {
    dnnl_memory_desc wanted = Assembly.wanted(descriptor, dnnl.DNNL_ARG_DIFF_WEIGHTS);
    INDArray gradient = weights.gradient();
    Buffer own =
        gradient == null ? null : assembly.external(layer, plain, Memory.address(gradient));
    Buffer into =
        own != null && Native.equal(wanted, plain) ? own : assembly.planned(layer, wanted);
    assembly.execute(
        layer,
        "backward weights",
        descriptor,
        Argument.plus(Argument.weightGradient(into), arguments));
    if (own != null && into != own) {
      assembly.reorder(layer, "weight gradient", spread(layer, into, shape), own);
    }
  }

  /**
   * Returns a buffer for the gradient of a 1×1 kernel, with longer rows where rows are multiples of
   * a page. Rows of whole pages map to few cache sets and are written at 2 GB/s; longer rows are
   * five times as fast.
   */
  private Buffer spread(String layer, Buffer gradient, long[] shape) {
    boolean pages =
        shape.length == 4 && shape[2] * shape[3] == 1 && shape[1] * Float.BYTES % PAGE == 0;
    if (!pages) {
      return gradient;
    }
    long row = shape[1] + ImageLayout.BLOCK;
    Buffer spread = assembly.planned(layer, assembly.strided(shape, new long[] {row, 1, 1, 1}));
    assembly.reorder(layer, "weight gradient", gradient, spread);
    return spread;
  }

  void batchNorm(
      Op.BatchNorm op, dnnl_primitive_desc forward, int flags, Forward.Normalised saved) {
    if (!op.frozen()) {
      assembly.act(
          op.layer(),
          "statistics",
          () ->
              BatchStatistics.write(
                  op,
                  Memory.read(saved.mean().address(), op.input().size(1)),
                  Memory.read(saved.variance().address(), op.input().size(1))),
          saved.mean(),
          saved.variance());
    }
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    boolean scaled = op.gamma() != null;
    dnnl_primitive_desc descriptor =
        descriptors.batchNormBackward(op, lowering.layout(op.output()), flags, scaled, forward);
    Buffer into = gradients.target(out, op.layer());
    Buffer gamma = saved.gamma();
    Buffer workspace = saved.workspace();
    assembly.execute(
        op.layer(),
        "backward",
        descriptor,
        Argument.present(
            Argument.source(saved.source()),
            Argument.mean(saved.mean()),
            Argument.variance(saved.variance()),
            Argument.destinationGradient(out.buffer()),
            Argument.sourceGradient(into),
            scaled && gamma != null ? Argument.scale(gamma) : null,
            scaled ? Argument.scaleGradient(gradient(op.layer(), op.gamma())) : null,
            scaled ? Argument.shiftGradient(gradient(op.layer(), op.beta())) : null,
            workspace == null ? null : Argument.workspace(workspace)));
    gradients.add(op.input(), into, true);
  }

  /** Returns the buffer in the network's gradients, or a scratch buffer for a frozen parameter. */
  private Buffer gradient(String layer, @Nullable Parameter parameter) {
    INDArray gradient = Objects.requireNonNull(parameter).gradient();
    return gradient != null
        ? lowering.vector(layer, gradient)
        : assembly.planned(
            layer,
            assembly.layout(new long[] {parameter.value().length()}, Native.F32, dnnl.dnnl_a));
  }

  void activation(String layer, Nonlinearity activation, Value output, Value input) {
    Gradients.Part out = gradients.take(output, layer);
    if (out != null) {
      gradients.add(input, undone(layer, activation, output, out), true);
    }
  }

  private Buffer undone(
      String layer, Nonlinearity activation, Value output, Gradients.Part gradient) {
    Buffer into = gradients.target(gradient, layer);
    assembly.execute(
        layer,
        "backward",
        descriptors.activationBackward(layer, activation, lowering.layout(output)),
        Argument.destination(lowering.at(output)),
        Argument.destinationGradient(gradient.buffer()),
        Argument.sourceGradient(into));
    return into;
  }

  void add(Op.Add op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    Buffer sum =
        op.activation() == Nonlinearity.IDENTITY
            ? out.buffer()
            : undone(op.layer(), op.activation(), op.output(), out);
    // Both summands read the gradient; neither may overwrite it.
    gradients.add(op.left(), sum, false);
    gradients.add(op.right(), sum, false);
  }

  void pool(Op.Pool op, dnnl_primitive_desc forward, @Nullable Buffer workspace) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    dnnl_memory_desc pooled = lowering.pooled(op);
    Buffer gradient = out.buffer();
    if (op.output().rank() == 2) {
      dnnl_memory_desc rows = assembly.layout(op.output().shape(), lowering.type(op.input()));
      gradient = assembly.view(assembly.in(rows, gradient, op.layer(), "from floats"), pooled);
    }
    Buffer into = assembly.planned(op.layer(), lowering.layout(op.input()));
    assembly.execute(
        op.layer(),
        "backward",
        descriptors.poolBackward(op, lowering.layout(op.input()), pooled, forward),
        Argument.present(
            Argument.destinationGradient(gradient),
            Argument.sourceGradient(into),
            workspace == null ? null : Argument.workspace(workspace)));
    gradients.add(op.input(), into, true);
  }

  void pad(Op.Pad op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out != null) {
      Buffer into = assembly.planned(op.layer(), lowering.layout(op.input()));
      lowering.unpad(op, out.buffer(), into);
      gradients.add(op.input(), into, true);
    }
  }

  void concat(Op.Concat op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    long start = 0;
    for (Value input : op.inputs()) {
      Buffer into = assembly.planned(op.layer(), lowering.layout(input));
      assembly.reorder(
          op.layer(), "backward", lowering.part(out.buffer(), input, op.axis(), start), into);
      gradients.add(input, into, true);
      start += input.size(op.axis());
    }
  }

  void scale(Op.Scale op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out != null) {
      Buffer into = gradients.target(out, op.layer());
      lowering.multiply(op, out.buffer(), into, "backward");
      gradients.add(op.input(), into, true);
    }
  }

  void scaleChannels(Op.ScaleChannels op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out == null) {
      return;
    }
    if (gradients.wants(op.factors())) {
      gradients.add(op.factors(), factorGradient(op, out.buffer()), true);
    }
    if (gradients.wants(op.input())) {
      Buffer into = gradients.target(out, op.layer());
      lowering.scaledChannels(op, "backward", out.buffer(), into, assembly.attributes());
      gradients.add(op.input(), into, true);
    }
  }

  /**
   * Returns the sums of gradient times image over height and width, computed as means. oneDNN has
   * no fast sum over the inner axes of channels-last images.
   */
  private Buffer factorGradient(Op.ScaleChannels op, Buffer gradient) {
    Value image = op.input();
    Buffer product = assembly.planned(op.layer(), lowering.layout(image));
    lowering.product(op.layer(), "backward", gradient, lowering.at(image), product);
    Op.Pool mean =
        new Op.Pool(op.layer(), image, op.factors(), Window.global(image), Op.Pooling.AVERAGE);
    Buffer means = assembly.planned(op.layer(), lowering.pooled(mean));
    assembly.execute(
        op.layer(),
        "backward",
        descriptors.pool(mean, false, product.layout, means.layout),
        Argument.source(product),
        Argument.destination(means));
    dnnl_memory_desc rows = assembly.layout(op.factors().shape(), lowering.type(image));
    Buffer sums =
        assembly.in(
            lowering.layout(op.factors()), assembly.view(means, rows), op.layer(), "to floats");
    double pixels = (double) image.size(2) * image.size(3);
    lowering.multiply(
        new Op.Scale(op.layer(), op.factors(), op.factors(), pixels), sums, sums, "backward");
    return sums;
  }

  void reshape(Op.Reshape op) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out != null) {
      Buffer into = assembly.planned(op.layer(), lowering.layout(op.input()));
      lowering.reshape(op.layer(), "backward", out.buffer(), op.output(), into, op.input());
      gradients.add(op.input(), into, true);
    }
  }

  void dropout(Op.Dropout op, Buffer mask) {
    Gradients.Part out = gradients.take(op.output(), op.layer());
    if (out != null) {
      Buffer into = gradients.target(out, op.layer());
      lowering.product(op.layer(), "backward", out.buffer(), mask, into);
      gradients.add(op.input(), into, true);
    }
  }
}
