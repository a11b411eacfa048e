package org.resnet4j.onednn.exec;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.Profile;
import org.resnet4j.onednn.ir.Op;
import org.resnet4j.onednn.ir.Program;
import org.resnet4j.onednn.ir.Value;

/**
 * A forward and a backward pass for one shape of input. Between the two, Deeplearning4j's output
 * layers read {@link #headInputs()} and fill in {@link #headGradients()}. Not thread-safe.
 */
public final class TrainingProgram implements AutoCloseable {
  private final @Nullable Profile profile;
  private final Executable executable;
  private final List<Buffer> inputs = new ArrayList<>();
  private final Activations activations = new Activations();
  private final List<INDArray> headInputs = new ArrayList<>();
  private final List<INDArray> headGradients = new ArrayList<>();
  private final int forwardSteps;

  /**
   * Puts the passes together and takes their memory.
   *
   * @param program gone through the passes for training
   * @param seeds one for every dropout of every step
   * @throws NotEnoughMemoryException when there is too little of it
   */
  public TrainingProgram(
      Program program, boolean bfloat16, LongSupplier seeds, @Nullable Profile profile) {
    this.profile = profile;
    Lowering lowering = new Lowering(bfloat16 ? Native.BF16 : Native.F32);
    try {
      List<Buffer> heads = new ArrayList<>();
      forwardSteps = put(lowering, program, seeds, heads);
      MemoryBudget.check(
          lowering.assembly.bytes() + headBytes(program),
          "a training step with %d images".formatted(program.inputs().get(0).size(0)));
      executable = lowering.assembly.finish();
      program.outputs().forEach(value -> headInputs.add(array(value)));
      program.outputs().forEach(value -> headGradients.add(array(value)));
      for (int i = 0; i < heads.size(); i++) {
        int output = i % headInputs.size();
        executable.bind(
            heads.get(i),
            Memory.address((i < headInputs.size() ? headInputs : headGradients).get(output)));
      }
    } catch (RuntimeException | Error e) {
      lowering.assembly.abandon();
      throw e;
    }
  }

  /** Bytes that the passes of {@code program} would take. */
  public static long bytes(Program program, boolean bfloat16) {
    Lowering lowering = new Lowering(bfloat16 ? Native.BF16 : Native.F32);
    try {
      Backward backward = new Backward(lowering, program);
      program.inputs().forEach(lowering::input);
      Forward forward = new Forward(lowering, backward, () -> 0);
      program.ops().forEach(op -> op.accept(forward));
      for (Value value : program.outputs()) {
        backward.start(value, lowering.assembly.external("head", lowering.layout(value), 0));
      }
      backward.run();
      return lowering.assembly.bytes() + headBytes(program);
    } finally {
      lowering.assembly.abandon();
    }
  }

  /** Of what is exchanged with the output layers: their inputs, and the gradients of these. */
  private static long headBytes(Program program) {
    return 2
        * program.outputs().stream()
            .mapToLong(value -> Arrays.stream(value.shape()).reduce(Float.BYTES, (a, b) -> a * b))
            .sum();
  }

  /** {@code heads}: first where the output layers read, then where they write. */
  private int put(Lowering lowering, Program program, LongSupplier seeds, List<Buffer> heads) {
    program.inputs().forEach(value -> inputs.add(lowering.input(value)));
    Backward backward = new Backward(lowering, program);
    Forward forward = new Forward(lowering, backward, seeds);
    program.ops().forEach(op -> op.accept(forward));
    for (Value value : program.outputs()) {
      Buffer head = plain(lowering, value);
      heads.add(head);
      lowering.assembly.reorder(value.name(), "output", lowering.at(value), head);
    }
    int position = lowering.assembly.position();
    for (Value value : program.outputs()) {
      Buffer head = plain(lowering, value);
      heads.add(head);
      Buffer own = lowering.assembly.in(lowering.layout(value), head, value.name(), "input layout");
      backward.start(value, own);
    }
    backward.run();
    for (Op op : program.ops()) {
      Buffer place = lowering.at(op.output());
      if (place.root().last >= position) {
        activations.keep(op.output(), place, lowering.type(op.output()) == Native.BF16);
      }
    }
    return position;
  }

  private static INDArray array(Value value) {
    return Nd4j.createUninitialized(DataType.FLOAT, value.shape(), 'c').detach();
  }

  private static Buffer plain(Lowering lowering, Value value) {
    int tag = value.rank() == 4 ? dnnl.dnnl_nchw : dnnl.dnnl_ab;
    dnnl_memory_desc layout = lowering.assembly.layout(value.shape(), Native.F32, tag);
    return lowering.assembly.external(value.name(), layout, 0);
  }

  /** Bytes of native memory. */
  public long bytes() {
    return executable.bytes();
  }

  /**
   * Activations by vertex, for listeners: those that the backward pass keeps. Each is copied when
   * it is asked for, between {@link #forward} and {@link #backward}.
   */
  public Map<String, INDArray> activations() {
    return activations;
  }

  /** What the output layers read, after {@link #forward}. */
  public List<INDArray> headInputs() {
    return headInputs;
  }

  /** Where the gradients of {@link #headInputs} must be before {@link #backward}. */
  public List<INDArray> headGradients() {
    return headGradients;
  }

  /** Computes all activations. */
  public void forward(INDArray... features) {
    INDArray[] plain = new INDArray[features.length];
    for (int i = 0; i < features.length; i++) {
      plain[i] = Memory.plain(features[i]);
      executable.bind(inputs.get(i), Memory.address(plain[i]));
    }
    bound = plain;
    executable.run(0, forwardSteps, profile);
    activations.there(true);
  }

  /** The features of this step: the backward pass reads them again. */
  private INDArray @Nullable [] bound;

  /** Writes all gradients of parameters. */
  public void backward() {
    activations.there(false);
    try {
      executable.run(forwardSteps, executable.size(), profile);
    } finally {
      Reference.reachabilityFence(bound);
      bound = null;
    }
  }

  @Override
  public void close() {
    executable.close();
  }

  /** Zeros and {@code 1/keep}. */
  static void mask(float[] values, double keep, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float kept = (float) (1 / keep);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < keep ? kept : 0;
    }
  }
}
