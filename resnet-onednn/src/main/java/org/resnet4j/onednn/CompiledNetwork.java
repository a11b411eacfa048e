package org.resnet4j.onednn;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.exec.MemoryBudget;
import org.resnet4j.onednn.exec.Native;
import org.resnet4j.onednn.exec.NotEnoughMemoryException;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.lower.GraphReader;
import org.resnet4j.onednn.passes.Passes;
import org.resnet4j.onednn.passes.QuantizeConvolutions;
import org.resnet4j.train.Accelerated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frozen copy of a network for inference. Thread-safe: calls from several threads run one after
 * the other, each on all cores. {@link #close()} frees its native memory. Without it, the memory is
 * freed some time after the object has become unreachable.
 */
public final class CompiledNetwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("org.resnet4j.onednn.OneDnn");

  /** The number of input shapes whose programs are kept: all powers of two up to 32,768. */
  private static final int PROGRAMS = 16;

  private final ComputationGraph graph;
  private final CompileOptions options;
  private final Function<INDArray[], INDArray[]> stockOutputs;
  private final Runnable requireUnchanged;
  private final boolean bfloat16;

  /** The ranges of activations, if the network is computed in 8-bit integers. */
  private @Nullable Int8Ranges int8;

  private boolean int8Decided;
  private boolean stock;
  private final Programs<InferenceProgram> programs =
      Programs.of(this, PROGRAMS, InferenceProgram::close);
  private final BatchParts parts;
  private boolean leftRange;
  private final ReentrantLock turn = new ReentrantLock(true);

  /**
   * Creates a network that runs {@code graph}; see {@link OneDnn#compile}. With an {@code
   * obstacle}, stock Deeplearning4j runs it.
   *
   * @param stockOutputs the outputs as Deeplearning4j's own layers compute them
   * @param requireUnchanged refuses parameters that others have changed
   */
  CompiledNetwork(
      ComputationGraph graph,
      CompileOptions options,
      @Nullable String obstacle,
      Function<INDArray[], INDArray[]> stockOutputs,
      Runnable requireUnchanged) {
    this.graph = graph;
    this.options = options;
    this.requireUnchanged = requireUnchanged;
    this.stockOutputs =
        inputs -> {
          requireUnchanged.run();
          return stockOutputs.apply(inputs);
        };
    if (obstacle != null) {
      fallBack(obstacle);
    }
    int8Decided = options.int8() == null || options.precision() != Precision.AUTO;
    int8 = options.precision() == Precision.INT8 ? options.int8() : null;
    bfloat16 =
        !stock
            && (options.precision() == Precision.BF16
                || (options.precision() == Precision.AUTO && Native.isFasterInBfloat16()));
    parts = new BatchParts(graph, bfloat16 ? Short.BYTES : Float.BYTES);
  }

  /** Returns the program for {@code shapes}, after the passes. */
  private Program passed(List<long[]> shapes) {
    Program read = GraphReader.inference(graph, shapes);
    Int8Ranges ranges = options.int8();
    if (!int8Decided && ranges != null) {
      int8Decided = true;
      if (QuantizeConvolutions.isFaster(Passes.forInference(read))) {
        int8 = ranges;
      } else {
        LOG.warn(
            "a quantized network runs in {}, since INT8 is not faster on this CPU ({}); Precision.INT8 forces it",
            bfloat16 ? Precision.BF16 : Precision.FP32,
            Native.name());
      }
    }
    Int8Ranges used = int8;
    return used == null ? Passes.forInference(read) : Int8Compiler.quantized(read, used);
  }

  private void fallBack(String reason) {
    LOG.warn("inference falls back to stock Deeplearning4j: {}", reason);
    stock = true;
  }

  /**
   * Returns the number format in use. With {@link Precision#AUTO} and ranges for INT8, the first
   * call decides.
   */
  public Precision precision() {
    return locked(
        () ->
            stock
                ? Precision.FP32
                : int8 != null ? Precision.INT8 : bfloat16 ? Precision.BF16 : Precision.FP32);
  }

  /**
   * Returns the name and version of the engine in use; Deeplearning4j's after {@link
   * CompileOptions#orFallBack()}.
   */
  public String engine() {
    return locked(() -> stock ? Accelerated.STOCK : Native.name());
  }

  /**
   * Returns the first output for the first input: {@code [N, C, H, W]} in, {@code [N, classes]}
   * out.
   */
  public INDArray output(INDArray input) {
    return outputs(input)[0];
  }

  /**
   * Returns every output of the graph, in its order, for its inputs in their order.
   *
   * @throws IllegalStateException after {@link #close()}
   * @throws IllegalArgumentException when shapes do not fit the graph, the batch is larger than
   *     {@link CompileOptions#maximumBatch()}, or a value is NaN or infinite
   */
  public INDArray[] outputs(INDArray... inputs) {
    try {
      return locked(() -> inParts(check(inputs), inputs));
    } catch (OutOfMemoryError e) {
      throw MemoryBudget.explained(e);
    }
  }

  private INDArray[] inParts(long images, INDArray... inputs) {
    if (stock) {
      return stockOutputs.apply(inputs);
    }
    InferenceProgram.requireFinite(inputs);
    boolean divides = Arrays.stream(inputs).allMatch(input -> input.size(0) == images);
    long most = divides ? parts.most(inputs) : images;
    INDArray @Nullable [] whole = null;
    for (long from = 0, count; from < images; from += count) {
      count = divides ? BatchParts.next(images - from, most) : images;
      INDArray[] some = count == images ? inputs : BatchParts.rows(from, count, inputs);
      InferenceProgram program = program(some);
      if (program == null) {
        return stockOutputs.apply(inputs);
      }
      if (whole == null) {
        whole = outputsFor(program, divides ? images : null);
      }
      run(program, some, count == images ? whole : BatchParts.rows(from, count, whole));
    }
    return whole == null ? stockOutputs.apply(inputs) : whole;
  }

  /** Returns arrays for the outputs of {@code images}; null stands for those of the program. */
  private static INDArray[] outputsFor(InferenceProgram program, @Nullable Long images) {
    return program.outputShapes().stream()
        .map(
            shape -> {
              long[] all = shape.clone();
              if (images != null) {
                all[0] = images;
              }
              return Nd4j.createUninitialized(DataType.FLOAT, all, 'c');
            })
        .toArray(INDArray[]::new);
  }

  private void run(InferenceProgram program, INDArray[] inputs, INDArray[] results) {
    if (program.run(inputs, results)) {
      return;
    }
    if (!leftRange) {
      leftRange = true;
      LOG.warn("stock Deeplearning4j computes batches in which a NaN appears, such as this one");
    }
    INDArray[] stockResults = stockOutputs.apply(inputs);
    for (int i = 0; i < results.length; i++) {
      results[i].assign(stockResults[i]);
    }
  }

  /** Returns the number of bytes of native memory in use. */
  public long bytes() {
    return locked(() -> programs.all().stream().mapToLong(InferenceProgram::bytes).sum());
  }

  /** Packs the graph's parameters again, after they have changed. */
  void refresh() {
    locked(
        () -> {
          programs.all().forEach(InferenceProgram::refresh);
          return programs;
        });
  }

  /** A lock, not a monitor: virtual threads that wait for it leave their carrier. */
  <T> T locked(Supplier<T> work) {
    turn.lock();
    try {
      return work.get();
    } finally {
      turn.unlock();
    }
  }

  /** Checks the inputs and returns the number of images. */
  private long check(INDArray... inputs) {
    if (programs.isClosed()) {
      throw new IllegalStateException("this CompiledNetwork is closed; compile the graph again");
    }
    int expected = graph.getNumInputArrays();
    if (inputs.length != expected) {
      throw new IllegalArgumentException(
          "expected %s input arrays but was given %s".formatted(expected, inputs.length));
    }
    Programs.requireOpen("input", inputs);
    for (INDArray input : inputs) {
      if (input.size(0) > options.maximumBatch()) {
        throw new IllegalArgumentException(
            "expected at most %s images in one call but was given %s; raise CompileOptions.maximumBatch or split the call"
                .formatted(options.maximumBatch(), input.size(0)));
      }
    }
    return Arrays.stream(inputs).mapToLong(input -> input.size(0)).max().orElse(0);
  }

  /** Returns the program for the inputs' shapes; null if stock Deeplearning4j computes them. */
  private @Nullable InferenceProgram program(INDArray... inputs) {
    List<long[]> shapes = Arrays.stream(inputs).map(INDArray::shape).toList();
    List<List<Long>> key = Programs.key(shapes);
    InferenceProgram program = programs.get(key);
    if (program == null && !stock) {
      requireUnchanged.run();
      try {
        program = compiled(passed(shapes));
      } catch (UnsupportedGraphException e) {
        if (!options.fallBack()) {
          throw e;
        }
        fallBack(e.reason());
        return null;
      }
      programs.put(key, program);
    }
    return program;
  }

  /**
   * Compiles a program. If memory does not suffice, the programs for other shapes are freed first.
   */
  private InferenceProgram compiled(Program program) {
    programs.makeRoom();
    try {
      return new InferenceProgram(program, bfloat16 && int8 == null, options.profile());
    } catch (NotEnoughMemoryException e) {
      if (programs.all().isEmpty()) {
        throw e;
      }
      programs.clear();
      return new InferenceProgram(program, bfloat16 && int8 == null, options.profile());
    }
  }

  @Override
  public void close() {
    locked(
        () -> {
          programs.close();
          return programs;
        });
  }
}
