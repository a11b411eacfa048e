package org.resnet4j.onednn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.lower.GraphReader;
import org.resnet4j.onednn.lower.Passes;
import org.resnet4j.train.Accelerated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frozen network, ready to run. Thread-safe: calls from several threads run one after the other,
 * each on all cores. {@link #close()} frees its native memory.
 */
public final class CompiledNetwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

  /** Shapes of input whose programs are kept. */
  private static final int PROGRAMS = 8;

  private final ComputationGraph graph;
  private final CompileOptions options;
  private final boolean bfloat16;
  private boolean stock;
  private final Map<List<Long>, InferenceProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
  private boolean closed;

  /**
   * {@code graph} must not change while this is in use; see {@link OneDnn#compile}. An {@code
   * obstacle} leaves it to stock Deeplearning4j.
   */
  CompiledNetwork(ComputationGraph graph, CompileOptions options, @Nullable String obstacle) {
    this.graph = graph;
    this.options = options;
    if (obstacle != null) {
      fallBack(obstacle);
    }
    bfloat16 =
        !stock
            && (options.precision() == Precision.BF16
                || (options.precision() == Precision.AUTO && Native.multipliesBfloat16()));
  }

  private void fallBack(String reason) {
    LOG.warn("stock Deeplearning4j computes: {}", reason);
    stock = true;
  }

  /** The number format in use: {@link Precision#FP32} or {@link Precision#BF16}. */
  public synchronized Precision precision() {
    return bfloat16 && !stock ? Precision.BF16 : Precision.FP32;
  }

  /** What computes, with its version; Deeplearning4j after {@link CompileOptions#orFallBack()}. */
  public synchronized String engine() {
    return stock ? Accelerated.STOCK : Engine.name();
  }

  /** The first output for the first input: {@code [N, C, H, W]} in, {@code [N, classes]} out. */
  public INDArray output(INDArray input) {
    return outputs(input)[0];
  }

  /**
   * Every output of the graph, in its order, for its inputs in their order.
   *
   * @throws IllegalStateException after {@link #close()}
   * @throws IllegalArgumentException when shapes do not fit the graph, or the batch is larger than
   *     {@link CompileOptions#maximumBatch()}
   */
  public synchronized INDArray[] outputs(INDArray... inputs) {
    InferenceProgram program = program(inputs);
    return program == null ? graph.output(inputs) : program.run(inputs);
  }

  /** Bytes of native memory in use. */
  public synchronized long bytes() {
    return programs.values().stream().mapToLong(InferenceProgram::bytes).sum();
  }

  /** Reads the graph's parameters again. */
  synchronized void refresh() {
    programs.values().forEach(InferenceProgram::refresh);
  }

  /** Null when stock Deeplearning4j is to compute. */
  private @Nullable InferenceProgram program(INDArray... inputs) {
    if (closed) {
      throw new IllegalStateException("this CompiledNetwork is closed; compile the graph again");
    }
    int expected = graph.getNumInputArrays();
    if (inputs.length != expected) {
      throw new IllegalArgumentException(
          "expected %d input arrays but was given %d".formatted(expected, inputs.length));
    }
    List<Long> key = new ArrayList<>();
    List<long[]> shapes = new ArrayList<>();
    for (INDArray input : inputs) {
      if (input.size(0) > options.maximumBatch()) {
        throw new IllegalArgumentException(
            "expected at most %d images in one call but was given %d; raise CompileOptions.maximumBatch or split the call"
                .formatted(options.maximumBatch(), input.size(0)));
      }
      shapes.add(input.shape());
      Arrays.stream(input.shape()).forEach(key::add);
    }
    InferenceProgram program = programs.get(key);
    if (program == null && !stock) {
      try {
        program =
            new InferenceProgram(
                Passes.forInference(GraphReader.inference(graph, shapes)),
                bfloat16,
                options.profile());
      } catch (UnsupportedGraphException e) {
        if (!options.fallBack()) {
          throw e;
        }
        fallBack(e.reason());
        return null;
      }
      programs.put(key, program);
      if (programs.size() > PROGRAMS) {
        Iterator<InferenceProgram> oldest = programs.values().iterator();
        oldest.next().close();
        oldest.remove();
      }
    }
    return program;
  }

  @Override
  public synchronized void close() {
    closed = true;
    programs.values().forEach(InferenceProgram::close);
    programs.clear();
  }
}
