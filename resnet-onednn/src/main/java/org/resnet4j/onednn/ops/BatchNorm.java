package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.FrozenBatchNormalization;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Norm;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A batch normalisation over all axes but 1.
 *
 * @param frozen whether training, too, uses the running statistics
 * @param activation identity or ReLU
 */
public record BatchNorm(
    String layer,
    Value input,
    Value output,
    Norm norm,
    double decay,
    boolean frozen,
    Nonlinearity activation)
    implements UnaryOp {
  /** Checks the shapes. */
  public BatchNorm {
    Shapes.equal(layer, input, output);
    norm.check(layer, input.size(1));
  }

  /** Deeplearning4j ignores an activation of its batch normalisation, and so does this reader. */
  static Value read(BatchNormalization configuration, Value in, LayerReading from) {
    if (in.rank() == 4) {
      from.expectImages(in, configuration.getCnn2DFormat());
    }
    from.expectSize("channels", configuration.getNOut(), in);
    boolean locked = configuration.isLockGammaBeta();
    if (locked && (configuration.getGamma() != 1 || configuration.getBeta() != 0)) {
      throw from.unsupported(
          "BatchNormalization with gamma and beta locked to other values than 1 and 0");
    }
    boolean log = configuration.isUseLogStd();
    boolean frozen = from.isFrozen() || configuration instanceof FrozenBatchNormalization;
    Norm norm =
        new Norm(
            locked ? null : frozen ? from.constant("gamma") : from.parameter("gamma"),
            locked ? null : frozen ? from.constant("beta") : from.parameter("beta"),
            from.parameter("mean"),
            from.parameter(log ? "log10stdev" : "var"),
            log,
            configuration.getEps());
    return from.add(
        new BatchNorm(
            from.name(),
            in,
            new Value(from.name(), in.shape()),
            norm,
            configuration.getDecay(),
            frozen,
            Nonlinearity.IDENTITY));
  }

  /** Returns this normalisation with a fused ReLU. */
  public BatchNorm withRelu(Value result) {
    return new BatchNorm(layer, input, result, norm, decay, frozen, Nonlinearity.RELU);
  }

  @Override
  public boolean isTrained() {
    return !frozen;
  }

  @Override
  public boolean isOutputFree() {
    return true;
  }

  @Override
  public boolean removesMean() {
    return !frozen;
  }

  private int relu() {
    return activation.equals(Nonlinearity.RELU) ? dnnl.dnnl_fuse_norm_relu : 0;
  }

  private dnnl_memory_desc vector(EmitContext to) {
    return to.assembly.layout(new long[] {input.size(1)}, OneDnnLibrary.F32, dnnl.dnnl_a);
  }

  private dnnl_primitive_desc descriptor(boolean training, int flags, EmitContext to) {
    dnnl_memory_desc data = to.layout(output);
    return to.assembly.describe(
        layer + ": batch normalisation",
        (made, engine) ->
            dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                data,
                data,
                (float) norm.epsilon(),
                flags,
                to.assembly.attributes()));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    Assembly assembly = to.assembly;
    dnnl_memory_desc vector = vector(to);
    Buffer mean = assembly.persistent(layer, vector);
    Buffer variance = assembly.persistent(layer, vector);
    Buffer scale = assembly.persistent(layer, vector);
    Buffer shift = assembly.persistent(layer, vector);
    assembly.act(
        layer,
        "weights",
        () -> {
          float[] variances = FoldedWeights.variance(norm);
          for (float value : variances) {
            to.requireFinite(value + norm.epsilon() > 0);
          }
          to.put(Memory.read(norm.mean().value()), mean);
          to.put(variances, variance);
          to.put(values(norm.gamma(), 1), scale);
          to.put(values(norm.beta(), 0), shift);
        },
        mean,
        variance,
        scale,
        shift);
    int flags = dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift | relu();
    return () ->
        assembly.execute(
            layer,
            "forward",
            descriptor(false, flags, to),
            Argument.source(to.at(input)),
            Argument.mean(mean),
            Argument.variance(variance),
            Argument.scale(scale),
            Argument.shift(shift),
            Argument.destination(to.make(output)));
  }

  private float[] values(@Nullable Parameter parameter, float constant) {
    if (parameter != null) {
      return Memory.read(parameter.value());
    }
    float[] values = new float[(int) input.size(1)];
    Arrays.fill(values, constant);
    return values;
  }

  /** The primitive of the forward pass and its buffers, which the backward pass reads. */
  private record Saved(
      dnnl_primitive_desc forward,
      int flags,
      Buffer source,
      Buffer mean,
      Buffer variance,
      @Nullable Buffer gamma,
      @Nullable Buffer workspace) {}

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    boolean relu = activation.equals(Nonlinearity.RELU);
    int flags =
        (frozen ? dnnl.dnnl_use_global_stats : 0)
            | (norm.gamma() == null ? 0 : dnnl.dnnl_use_scale | dnnl.dnnl_use_shift)
            | relu();
    dnnl_primitive_desc descriptor = descriptor(true, flags, to);
    Buffer mean = assembly.planned(layer, vector(to));
    Buffer variance = assembly.planned(layer, vector(to));
    if (frozen) {
      readStatistics(mean, variance, to);
    }
    Buffer source = to.at(input);
    Buffer workspace =
        relu ? assembly.planned(layer, Assembly.wanted(descriptor, dnnl.DNNL_ARG_WORKSPACE)) : null;
    Buffer gamma = norm.gamma() == null ? null : to.vector(layer, norm.gamma().value());
    Buffer beta = norm.beta() == null ? null : to.vector(layer, norm.beta().value());
    assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.present(
            Argument.source(source),
            Argument.mean(mean),
            Argument.variance(variance),
            Argument.destination(to.make(output)),
            gamma == null ? null : Argument.scale(gamma),
            beta == null ? null : Argument.shift(beta),
            workspace == null ? null : Argument.workspace(workspace)));
    Saved saved = new Saved(descriptor, flags, source, mean, variance, gamma, workspace);
    Runnable backward = to.backward(output, layer, out -> backward(out, saved, to));
    return () -> {
      if (!frozen) {
        writeStatistics(saved, to);
      }
      backward.run();
    };
  }

  private void readStatistics(Buffer mean, Buffer variance, TrainingContext to) {
    to.assembly.act(
        layer,
        "statistics",
        () -> {
          Memory.write(Memory.read(norm.mean().value()), mean.address());
          Memory.write(FoldedWeights.variance(norm), variance.address());
        },
        mean,
        variance);
  }

  private void backward(Gradients.Part out, Saved saved, TrainingContext to) {
    dnnl_primitive_desc descriptor = backwardDescriptor(saved, to);
    Buffer into = to.gradientTarget(out, layer);
    Buffer gamma = saved.gamma;
    Buffer workspace = saved.workspace;
    to.assembly.execute(
        layer,
        "backward",
        descriptor,
        Argument.present(
            Argument.source(saved.source),
            Argument.mean(saved.mean),
            Argument.variance(saved.variance),
            Argument.destinationGradient(out.buffer()),
            Argument.sourceGradient(into),
            gamma == null ? null : Argument.scale(gamma),
            gamma == null ? null : Argument.scaleGradient(gradient(norm.gamma(), to)),
            gamma == null ? null : Argument.shiftGradient(gradient(norm.beta(), to)),
            workspace == null ? null : Argument.workspace(workspace)));
    to.addGradient(input, into, true);
  }

  private void writeStatistics(Saved saved, TrainingContext to) {
    long channels = input.size(1);
    to.assembly.act(
        layer,
        "statistics",
        () ->
            BatchStatistics.write(
                norm,
                decay,
                Memory.read(saved.mean.address(), channels),
                Memory.read(saved.variance.address(), channels)),
        saved.mean,
        saved.variance);
  }

  private dnnl_primitive_desc backwardDescriptor(Saved saved, TrainingContext to) {
    dnnl_memory_desc data = to.layout(output);
    return to.assembly.describe(
        layer + ": gradient",
        (made, engine) ->
            dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                made,
                engine,
                norm.gamma() == null ? dnnl.dnnl_backward_data : dnnl.dnnl_backward,
                data,
                data,
                data,
                (float) norm.epsilon(),
                saved.flags,
                saved.forward,
                to.assembly.attributes()));
  }

  /** Returns the buffer in the network's gradients, or a scratch buffer for a frozen parameter. */
  private Buffer gradient(@Nullable Parameter parameter, TrainingContext to) {
    INDArray gradient = Objects.requireNonNull(parameter).gradient();
    return gradient != null ? to.vector(layer, gradient) : to.assembly.planned(layer, vector(to));
  }
}
