package org.resnet4j.onednn.exec;

import static org.resnet4j.onednn.exec.Executable.Watch.CLEARED;

import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.Profile;
import org.resnet4j.onednn.ir.Value;

/**
 * A forward and a backward pass for one input shape. Between the two, the losses of the output
 * layers read {@link #outputs()} and fill in {@link #outputGradients()}. Not thread-safe.
 */
public final class TrainingProgram implements AutoCloseable {
  private final @Nullable Profile profile;
  final Executable executable;
  private final List<Buffer> inputs;
  private final Activations activations = new Activations();
  private final List<INDArray> headInputs;
  private final List<INDArray> outputs;
  private final List<INDArray> outputGradients;
  private final int forwardSteps;
  private final TrainingContext context;

  /**
   * Emits both passes and allocates their memory.
   *
   * @param program after the passes for training
   * @param seeds one for every dropout of every step
   * @throws NotEnoughMemoryException when too little memory is available
   */
  public TrainingProgram(
      Program program, boolean bfloat16, LongSupplier seeds, @Nullable Profile profile) {
    this.profile = profile;
    context = context(program, bfloat16, seeds);
    try {
      Passes passes = put(context, program);
      inputs = passes.inputs;
      forwardSteps = passes.forwardSteps;
      keepActivations(context, program);
      MemoryBudget.check(
          context.assembly.bytes() + headBytes(program),
          "a training step with %s images".formatted(program.inputs().get(0).size(0)));
      executable = context.assembly.finish();
      headInputs = arraysAt(program.headInputs(), passes.headInputs);
      outputs = arraysAt(program.outputs(), passes.outputs);
      outputGradients = arraysAt(program.outputs(), passes.outputGradients);
    } catch (RuntimeException | Error e) {
      context.assembly.abandon();
      throw e;
    }
  }

  /** Returns the number of bytes that the passes of {@code program} would allocate. */
  public static long bytes(Program program, boolean bfloat16) {
    TrainingContext context = context(program, bfloat16, () -> 0);
    try {
      put(context, program);
      return context.assembly.bytes() + headBytes(program);
    } finally {
      context.assembly.abandon();
    }
  }

  /** Returns the number of bytes exchanged with the output layers. */
  private static long headBytes(Program program) {
    return Stream.of(program.headInputs(), program.outputs(), program.outputs())
        .flatMap(List::stream)
        .mapToLong(value -> Arrays.stream(value.shape()).reduce(Float.BYTES, (a, b) -> a * b))
        .sum();
  }

  /**
   * The steps of both passes.
   *
   * @param outputs that the losses read
   * @param outputGradients that the losses write
   * @param forwardSteps number of steps before the losses
   */
  private record Passes(
      List<Buffer> inputs,
      List<Buffer> headInputs,
      List<Buffer> outputs,
      List<Buffer> outputGradients,
      int forwardSteps) {}

  private static TrainingContext context(Program program, boolean bfloat16, LongSupplier seeds) {
    return new TrainingContext(
        LayoutChoice.of(program, bfloat16, true), bfloat16, TrainingFacts.of(program), seeds);
  }

  private static Passes put(TrainingContext context, Program program) {
    List<Buffer> inputs = program.inputs().stream().map(context::input).toList();
    Deque<Runnable> backward = new ArrayDeque<>();
    program.ops().forEach(op -> backward.push(op.forward(context)));
    List<Buffer> headInputs =
        program.headInputs().stream().map(value -> given(context, value)).toList();
    List<Buffer> outputs = program.outputs().stream().map(value -> given(context, value)).toList();
    int forwardSteps = context.assembly.position();
    List<Buffer> outputGradients = program.outputs().stream().map(context::plain).toList();
    for (int i = 0; i < outputGradients.size(); i++) {
      Value value = program.outputs().get(i);
      context.addGradient(
          value,
          context.assembly.in(
              context.layout(value), outputGradients.get(i), value.name(), "input layout"),
          false);
    }
    backward.forEach(Runnable::run);
    return new Passes(inputs, headInputs, outputs, outputGradients, forwardSteps);
  }

  /** Returns a buffer for a contiguous copy of {@code value} outside the program's arena. */
  private static Buffer given(EmitContext context, Value value) {
    Buffer plain = context.plain(value);
    context.assembly.reorder(value.name(), "output", context.at(value), plain);
    return plain;
  }

  /**
   * Keeps the activations that the backward pass reads, for listeners. Results of output layers are
   * excluded.
   */
  private void keepActivations(EmitContext context, Program program) {
    for (Op op : program.ops()) {
      if (isOfHead(op, program)) {
        continue;
      }
      Buffer place = context.at(op.output());
      if (place.root().last >= forwardSteps) {
        activations.keep(
            op.output(),
            place,
            context.imageLayout(op.output()),
            context.type(op.output()) == OneDnnLibrary.BF16);
      }
    }
  }

  private static boolean isOfHead(Op op, Program program) {
    return IntStream.range(0, program.outputs().size())
        .filter(i -> program.outputs().get(i) != program.headInputs().get(i))
        .anyMatch(i -> program.outputs().get(i).name().equals(op.output().name()));
  }

  /** Returns an array for each value, and binds the value's buffer to its memory. */
  private List<INDArray> arraysAt(List<Value> values, List<Buffer> buffers) {
    List<INDArray> arrays = new ArrayList<>();
    for (Buffer buffer : buffers) {
      long[] shape = values.get(arrays.size()).shape();
      INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c').detach();
      executable.bind(buffer, Memory.address(array));
      arrays.add(array);
    }
    return arrays;
  }

  /** Returns the number of bytes of native memory in use. */
  public long bytes() {
    return executable.bytes();
  }

  /**
   * Returns the activations that the backward pass keeps, by vertex, for listeners. Each is copied
   * on access, between {@link #forward} and {@link #backward}.
   */
  public Map<String, INDArray> activations() {
    return activations;
  }

  /** Returns the inputs of the output layers, after {@link #forward}. */
  public List<INDArray> headInputs() {
    return headInputs;
  }

  /** Returns the outputs of the output layers before their activations, after {@link #forward}. */
  public List<INDArray> outputs() {
    return outputs;
  }

  /**
   * Returns the arrays that must hold the gradients of {@link #outputs} before {@link #backward}.
   */
  public List<INDArray> outputGradients() {
    return outputGradients;
  }

  /**
   * Computes all activations.
   *
   * @return false if a NaN occurred, which primitives may have turned into a finite number
   */
  public boolean forward(INDArray... features) {
    INDArray[] plain = new INDArray[features.length];
    for (int i = 0; i < features.length; i++) {
      plain[i] = Memory.plain(features[i]);
      executable.bind(inputs.get(i), Memory.address(plain[i]));
    }
    bound = plain;
    context.drawSeeds();
    boolean finite = executable.runsFinite(0, forwardSteps, profile, CLEARED, CLEARED);
    activations.there(finite);
    return finite;
  }

  /** The features of this step, which the backward pass reads again. */
  private INDArray @Nullable [] bound;

  /** Computes the gradients of all parameters. */
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
}
