package org.resnet4j.onednn.exec;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.Profile;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/** A forward pass for one input shape. Not thread-safe. */
public final class InferenceProgram implements AutoCloseable {
  private final Program program;
  private final @Nullable Profile profile;
  private final Executable executable;
  private final List<Buffer> inputs = new ArrayList<>();
  private final List<Buffer> outputs = new ArrayList<>();

  /** The index of the first step of the forward pass; earlier steps pack the weights. */
  private final int prepared;

  private final Weights weights;

  /**
   * Emits the steps and allocates their memory.
   *
   * @param program after the passes for inference
   */
  public InferenceProgram(Program program, boolean bfloat16, @Nullable Profile profile) {
    this.program = program;
    this.profile = profile;
    Lowering lowering = new Lowering(ImageLayout.of(program, bfloat16, false), bfloat16);
    try {
      program.inputs().forEach(value -> inputs.add(lowering.input(value)));
      weights = new Weights(lowering);
      program.ops().forEach(op -> op.accept(weights));
      prepared = lowering.assembly.position();
      weights.later.forEach(Runnable::run);
      for (Value value : program.outputs()) {
        outputs.add(output(lowering, value));
      }
      MemoryBudget.check(lowering.assembly.bytes(), "this batch");
      executable = lowering.assembly.finish();
      refresh();
    } catch (RuntimeException | Error e) {
      lowering.assembly.abandon();
      throw e;
    }
  }

  private static Buffer output(Lowering lowering, Value value) {
    Buffer result = lowering.plain(value);
    lowering.assembly.reorder(value.name(), "output", lowering.at(value), result);
    return result;
  }

  /** Packs the parameters again, after they have changed. */
  public void refresh() {
    weights.areFinite = true;
    executable.run(0, prepared, null, Executable.Watch.NONE);
  }

  /** Returns the number of bytes of native memory in use. */
  public long bytes() {
    return executable.bytes();
  }

  /**
   * Refuses features with NaN or an infinity.
   *
   * @throws IllegalArgumentException that names the image and the element
   */
  public static void requireFinite(INDArray... features) {
    for (INDArray array : features) {
      Memory.requireFinite(Memory.plain(array));
    }
  }

  /** Returns the shapes of the network's outputs. */
  public List<long[]> outputShapes() {
    return program.outputs().stream().map(Value::shape).toList();
  }

  /**
   * Computes the network's outputs.
   *
   * @param results contiguous floats in c order, of {@link #outputShapes()}
   * @return false if folded weights or intermediate results overflowed: primitives may turn a NaN
   *     into a finite number
   */
  public boolean run(INDArray[] features, INDArray[] results) {
    if (!weights.areFinite) {
      return false;
    }
    INDArray[] plain = new INDArray[features.length];
    for (int i = 0; i < features.length; i++) {
      plain[i] = Memory.plain(features[i]);
      executable.bind(inputs.get(i), Memory.address(plain[i]));
    }
    for (int i = 0; i < results.length; i++) {
      executable.bind(outputs.get(i), Memory.address(results[i]));
    }
    try {
      // Earlier work of the team may have raised the flag; then run again with a cleared one.
      return !executable.run(prepared, executable.size(), profile, Executable.Watch.UNCLEARED)
          || !executable.run(prepared, executable.size(), null, Executable.Watch.CLEARED);
    } finally {
      Reference.reachabilityFence(plain);
    }
  }

  @Override
  public void close() {
    executable.close();
  }

  /** A convolution with packed weights, which emits its forward pass. */
  interface Prepared {
    /**
     * Emits the forward pass, with the fused sum and activation.
     *
     * @param add whether to add to the destination instead of overwriting it
     */
    void forward(Buffer source, Buffer bias, boolean add, Buffer destination);
  }

  /** Emits the steps that pack weights, and collects the steps of the forward pass for later. */
  private static final class Weights implements Op.Visitor {
    private final Lowering lowering;
    private final Assembly assembly;
    private final Descriptors descriptors;
    final List<Runnable> later = new ArrayList<>();

    /** True if all folded weights are finite. */
    boolean areFinite = true;

    Weights(Lowering lowering) {
      this.lowering = lowering;
      assembly = lowering.assembly;
      descriptors = lowering.descriptors;
    }

    @Override
    public void conv(Op.Conv op) {
      int outputs = (int) op.output().size(1);
      dnnl_memory_desc biasLayout = assembly.layout(new long[] {outputs}, Native.F32, dnnl.dnnl_a);
      Supplier<FoldedWeights> folded =
          () -> new FoldedWeights(op.weights(), op.bias(), op.fused().norm(), outputs);
      Winograd winograd = lowering.winograd(op, Winograd.Purpose.INFERENCE);
      if (winograd != null) {
        prepared(op, folded, biasLayout, winograd::prepare);
        return;
      }
      if (lowering.isBlocked() && FewPixels.fits(op)) {
        prepared(op, folded, biasLayout, new FewPixels(lowering, op)::prepare);
        return;
      }
      Op.Fused fused = op.fused();
      boolean fewPixels =
          FewPixels.areFew(op)
              && Arrays.stream(op.window().kernel()).allMatch(size -> size > 1)
              && fused.addend() == null;
      dnnl_primitive_desc descriptor =
          descriptors.conv(
              op,
              false,
              fewPixels
                  ? lowering.channelsLast(op.input())
                  : lowering.convSource(op.input(), false),
              assembly.layout(
                  op.weightShape(), lowering.type(op.input()), dnnl.dnnl_format_tag_any),
              biasLayout,
              fewPixels ? lowering.channelsLast(op.output()) : lowering.layout(op.output()),
              descriptors.attributes(fused.addend() != null, fused.activation()));
      weighted(op, op.input(), fused, descriptor, folded, lowering.plainWeights(op), biasLayout);
    }

    /** Emits a convolution that is not a oneDNN primitive. */
    private void prepared(
        Op.Conv op,
        Supplier<FoldedWeights> folded,
        dnnl_memory_desc biasLayout,
        Function<Buffer, Prepared> prepare) {
      Op.Fused fused = op.fused();
      Buffer bias = assembly.persistent(op.layer(), biasLayout);
      Prepared conv = prepare.apply(staged(op.layer(), folded, lowering.plainWeights(op), bias));
      later.add(
          () ->
              conv.forward(
                  lowering.at(op.input()),
                  bias,
                  fused.addend() != null,
                  destination(op.output(), fused)));
    }

    @Override
    public void dense(Op.Dense op) {
      long[] shape = {op.output().size(1), op.input().size(1)};
      dnnl_memory_desc biasLayout = assembly.layout(new long[] {shape[0]}, Native.F32, dnnl.dnnl_a);
      Op.Fused fused = op.fused();
      dnnl_primitive_desc descriptor =
          descriptors.dense(
              op.layer(),
              false,
              lowering.layout(op.input()),
              assembly.layout(shape, Native.F32, dnnl.dnnl_format_tag_any),
              biasLayout,
              lowering.layout(op.output()),
              descriptors.attributes(fused.addend() != null, fused.activation()));
      weighted(
          op,
          op.input(),
          fused,
          descriptor,
          () -> new FoldedWeights(op.weights(), op.bias(), fused.norm(), (int) shape[0]),
          assembly.layout(shape, Native.F32, dnnl.dnnl_oi),
          biasLayout);
    }

    /** Emits steps that pack weights and bias, and later {@code descriptor} with them. */
    private void weighted(
        Op op,
        Value input,
        Op.Fused fused,
        dnnl_primitive_desc descriptor,
        Supplier<FoldedWeights> folded,
        dnnl_memory_desc plain,
        dnnl_memory_desc biasLayout) {
      Buffer weights =
          assembly.persistent(op.layer(), Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS));
      Buffer bias = assembly.persistent(op.layer(), biasLayout);
      assembly.reorder(op.layer(), "weights", staged(op.layer(), folded, plain, bias), weights);
      dnnl_memory_desc source = Assembly.wanted(descriptor, dnnl.DNNL_ARG_SRC);
      dnnl_memory_desc result = Assembly.wanted(descriptor, dnnl.DNNL_ARG_DST);
      later.add(
          () -> {
            Value output = op.output();
            Buffer in = lowering.at(input, source, op.layer());
            Buffer out =
                Native.equal(result, lowering.layout(output))
                    ? destination(output, fused)
                    : assembly.planned(output.name(), result);
            assembly.execute(
                op.layer(),
                "forward",
                descriptor,
                Argument.source(in),
                Argument.weights(weights),
                Argument.bias(bias),
                Argument.destination(out));
            lowering.place(
                output, assembly.in(lowering.layout(output), out, op.layer(), "output layout"));
          });
    }

    /** Returns the buffer of the output, which is the addend's if there is one. */
    private Buffer destination(Value output, Op.Fused fused) {
      if (fused.addend() == null) {
        return lowering.make(output);
      }
      Buffer taken = lowering.at(fused.addend());
      lowering.place(output, taken);
      return taken;
    }

    /** Returns a buffer of folded weights in Deeplearning4j's layout, and fills in the bias. */
    private Buffer staged(
        String layer, Supplier<FoldedWeights> source, dnnl_memory_desc plain, Buffer bias) {
      Buffer staging = assembly.planned(layer, plain);
      assembly.act(
          layer,
          "weights",
          () -> {
            FoldedWeights folded = source.get();
            areFinite &= folded.areFinite();
            Memory.write(folded.weights, staging.address());
            Memory.write(folded.bias, bias.address());
          },
          staging,
          bias);
      return staging;
    }

    @Override
    public void batchNorm(Op.BatchNorm op) {
      dnnl_memory_desc vector =
          assembly.layout(new long[] {op.input().size(1)}, Native.F32, dnnl.dnnl_a);
      Buffer mean = assembly.persistent(op.layer(), vector);
      Buffer variance = assembly.persistent(op.layer(), vector);
      Buffer scale = assembly.persistent(op.layer(), vector);
      Buffer shift = assembly.persistent(op.layer(), vector);
      assembly.act(
          op.layer(),
          "weights",
          () -> {
            float[] variances = FoldedWeights.variance(op);
            for (float value : variances) {
              areFinite &= value + op.epsilon() > 0;
            }
            put(Memory.read(op.mean().value()), mean);
            put(variances, variance);
            put(values(op.gamma(), 1, op), scale);
            put(values(op.beta(), 0, op), shift);
          },
          mean,
          variance,
          scale,
          shift);
      int relu = op.activation() == Nonlinearity.RELU ? dnnl.dnnl_fuse_norm_relu : 0;
      later.add(
          () ->
              assembly.execute(
                  op.layer(),
                  "forward",
                  descriptors.batchNorm(
                      op,
                      false,
                      lowering.layout(op.output()),
                      dnnl.dnnl_use_global_stats
                          | dnnl.dnnl_use_scale
                          | dnnl.dnnl_use_shift
                          | relu),
                  Argument.source(lowering.at(op.input())),
                  Argument.mean(mean),
                  Argument.variance(variance),
                  Argument.scale(scale),
                  Argument.shift(shift),
                  Argument.destination(lowering.make(op.output()))));
    }

    private void put(float[] values, Buffer place) {
      areFinite &= NonFinite.first(values) < 0;
      Memory.write(values, place.address());
    }

    private static float[] values(@Nullable Parameter parameter, float constant, Op.BatchNorm op) {
      if (parameter != null) {
        return Memory.read(parameter.value());
      }
      float[] values = new float[(int) op.input().size(1)];
      Arrays.fill(values, constant);
      return values;
    }

    @Override
    public void pool(Op.Pool op) {
      later.add(
          () -> {
            dnnl_primitive_desc descriptor =
                descriptors.pool(op, false, lowering.layout(op.input()), lowering.pooled(op));
            Buffer in = lowering.at(op.input());
            Buffer out = lowering.poolDestination(op);
            assembly.execute(
                op.layer(), "forward", descriptor, Argument.source(in), Argument.destination(out));
            lowering.afterPool(op, out);
          });
    }

    @Override
    public void activate(Op.Activate op) {
      later.add(() -> lowering.activate(op, false));
    }

    @Override
    public void add(Op.Add op) {
      later.add(() -> lowering.add(op, false));
    }

    @Override
    public void pad(Op.Pad op) {
      later.add(() -> lowering.pad(op));
    }

    @Override
    public void concat(Op.Concat op) {
      later.add(() -> lowering.concat(op));
    }

    @Override
    public void scale(Op.Scale op) {
      later.add(() -> lowering.scale(op));
    }

    @Override
    public void scaleChannels(Op.ScaleChannels op) {
      Op.Fused fused = op.fused();
      later.add(
          () ->
              lowering.scaledChannels(
                  op,
                  "forward",
                  lowering.at(op.input()),
                  destination(op.output(), fused),
                  descriptors.attributes(fused.addend() != null, fused.activation())));
    }

    @Override
    public void reshape(Op.Reshape op) {
      later.add(() -> lowering.reshape(op));
    }

    @Override
    public void dropout(Op.Dropout op) {
      throw new AssertionError(op.layer() + ": dropout is for training");
    }
  }
}
