package org.resnet4j.onednn.exec;

import static org.resnet4j.onednn.exec.Executable.Watch.CLEARED;
import static org.resnet4j.onednn.exec.Executable.Watch.UNCLEARED;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.Profile;
import org.resnet4j.onednn.ir.Value;

/** A forward pass for one input shape. Not thread-safe. */
public final class InferenceProgram implements AutoCloseable {
  private final Program program;
  private final @Nullable Profile profile;
  final Executable executable;
  private final List<Buffer> inputs = new ArrayList<>();
  private final List<Buffer> outputs = new ArrayList<>();

  /** The index of the first step of the forward pass; earlier steps pack the weights. */
  private final int prepared;

  private final InferenceContext context;

  /**
   * Emits the steps and allocates their memory.
   *
   * @param program after the passes for inference
   */
  public InferenceProgram(Program program, boolean bfloat16, @Nullable Profile profile) {
    this(program, bfloat16, profile, null);
  }

  /** Returns a program in single precision that shows the outputs of operations. */
  public static InferenceProgram observed(Program program, Observer observer) {
    return new InferenceProgram(program, false, null, observer);
  }

  /** A receiver of the outputs of operations. */
  public interface Observer {
    /** Returns whether the elements of {@code value} are to be seen. */
    boolean wants(Value value);

    /** Receives all elements of {@code value}, in any order. */
    void see(Value value, float[] elements);
  }

  private InferenceProgram(
      Program program, boolean bfloat16, @Nullable Profile profile, @Nullable Observer observer) {
    this.program = program;
    this.profile = profile;
    context =
        new InferenceContext(
            LayoutChoice.of(program, bfloat16, false), bfloat16, program.channelsLast());
    try {
      program.inputs().forEach(value -> inputs.add(context.input(value)));
      List<Runnable> forward = program.ops().stream().map(op -> op.infer(context)).toList();
      prepared = context.assembly.position();
      for (int i = 0; i < forward.size(); i++) {
        forward.get(i).run();
        observe(program.ops().get(i).output(), observer);
      }
      for (Value value : program.outputs()) {
        outputs.add(output(context, value));
      }
      MemoryBudget.check(context.assembly.bytes(), "this batch");
      executable = context.assembly.finish();
      refresh();
    } catch (RuntimeException | Error e) {
      context.assembly.abandon();
      throw e;
    }
  }

  private void observe(Value value, @Nullable Observer observer) {
    if (observer != null && observer.wants(value)) {
      Buffer buffer = context.at(value);
      context.assembly.act(
          value.name(),
          "observation",
          () -> observer.see(value, Memory.read(buffer.address(), buffer.bytes / Float.BYTES)),
          buffer);
    }
  }

  private static Buffer output(EmitContext context, Value value) {
    Buffer result = context.plain(value);
    context.assembly.reorder(value.name(), "output", context.at(value), result);
    return result;
  }

  /** Packs the parameters again, after they have changed. */
  public void refresh() {
    context.packAgain();
    executable.run(0, prepared, null);
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
    return program.outputs().stream().map(program::shapeOutside).toList();
  }

  /**
   * Computes the network's outputs.
   *
   * @param results contiguous floats in c order, of {@link #outputShapes()}
   * @return false if folded weights or intermediate results overflowed: primitives may turn a NaN
   *     into a finite number
   */
  public boolean run(INDArray[] features, INDArray[] results) {
    if (!context.areParametersFinite()) {
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
      return executable.runsFinite(
          prepared, executable.size(), profile, UNCLEARED, CLEARED, CLEARED);
    } finally {
      Reference.reachabilityFence(plain);
    }
  }

  @Override
  public void close() {
    executable.close();
  }
}
