package org.resnet4j.onednn.exec;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
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
  private final List<Buffer> inputs;
  private final Activations activations = new Activations();
  private final List<INDArray> headInputs;
  private final List<INDArray> headGradients;
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
    Lowering lowering = new Lowering(ImageLayout.of(program, bfloat16), bfloat16);
    try {
      Passes passes = put(lowering, program, seeds);
      inputs = passes.inputs;
      forwardSteps = passes.forwardSteps;
      keepActivations(lowering, program);
      MemoryBudget.check(
          lowering.assembly.bytes() + headBytes(program),
          "a training step with %d images".formatted(program.inputs().get(0).size(0)));
      executable = lowering.assembly.finish();
      headInputs = arraysAt(program, passes.headInputs);
      headGradients = arraysAt(program, passes.headGradients);
    } catch (RuntimeException | Error e) {
      lowering.assembly.abandon();
      throw e;
    }
  }

  /** Bytes that the passes of {@code program} would take. */
  public static long bytes(Program program, boolean bfloat16) {
    Lowering lowering = new Lowering(ImageLayout.of(program, bfloat16), bfloat16);
    try {
      put(lowering, program, () -> 0);
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

  /**
   * Both passes, put together.
   *
   * @param headInputs where the output layers read
   * @param headGradients where they write
   * @param forwardSteps how many steps come before the output layers
   */
  private record Passes(
      List<Buffer> inputs, List<Buffer> headInputs, List<Buffer> headGradients, int forwardSteps) {}

  private static Passes put(Lowering lowering, Program program, LongSupplier seeds) {
    List<Buffer> inputs = program.inputs().stream().map(lowering::input).toList();
    Backward backward = new Backward(lowering, program);
    Forward forward = new Forward(lowering, backward, seeds);
    program.ops().forEach(op -> op.accept(forward));
    List<Buffer> headInputs = program.outputs().stream().map(lowering::plain).toList();
    for (int i = 0; i < headInputs.size(); i++) {
      Value value = program.outputs().get(i);
      lowering.assembly.reorder(value.name(), "output", lowering.at(value), headInputs.get(i));
    }
    int forwardSteps = lowering.assembly.position();
    List<Buffer> headGradients = program.outputs().stream().map(lowering::plain).toList();
    for (int i = 0; i < headGradients.size(); i++) {
      Value value = program.outputs().get(i);
      backward.start(
          value,
          lowering.assembly.in(
              lowering.layout(value), headGradients.get(i), value.name(), "input layout"));
    }
    backward.run();
    return new Passes(inputs, headInputs, headGradients, forwardSteps);
  }

  /** Those that the backward pass still reads are there when listeners ask. */
  private void keepActivations(Lowering lowering, Program program) {
    for (Op op : program.ops()) {
      Buffer place = lowering.at(op.output());
      if (place.root().last >= forwardSteps) {
        activations.keep(
            op.output(),
            place,
            lowering.imageLayout(op.output()),
            lowering.type(op.output()) == Native.BF16);
      }
    }
  }

  /** Arrays for the outputs, each the memory of its buffer from now on. */
  private List<INDArray> arraysAt(Program program, List<Buffer> buffers) {
    List<INDArray> arrays = new ArrayList<>();
    for (Buffer buffer : buffers) {
      long[] shape = program.outputs().get(arrays.size()).shape();
      INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c').detach();
      executable.bind(buffer, Memory.address(array));
      arrays.add(array);
    }
    return arrays;
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
