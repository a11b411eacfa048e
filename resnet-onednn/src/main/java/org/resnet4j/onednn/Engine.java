package org.resnet4j.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.MemoryBudget;
import org.resnet4j.onednn.exec.NotEnoughMemoryException;
import org.resnet4j.onednn.exec.ParameterWatch;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.exec.TrainingProgram;
import org.resnet4j.onednn.lower.GraphReader;
import org.resnet4j.onednn.passes.Passes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The programs of an accelerated graph: a training step and a forward pass for each input shape.
 */
final class Engine {
  private static final Logger LOG = LoggerFactory.getLogger("org.resnet4j.onednn.OneDnn");

  /** The number of shapes that are kept: a full batch, and the last one of an epoch. */
  private static final int PROGRAMS = 2;

  private final ComputationGraph graph;
  private final CompileOptions options;
  private final boolean bfloat16;
  private final Programs<TrainingProgram> programs =
      Programs.of(this, PROGRAMS, TrainingProgram::close);
  private final CompiledNetwork forward;

  /** The array whose address the programs of training steps hold for their gradients. */
  private @Nullable INDArray gradients;

  /** True while a training step is running; its program must not be freed. */
  private boolean stepping;

  private volatile boolean closing;
  private final ParameterWatch parameters;

  /**
   * Creates the programs of a graph.
   *
   * @param stock outputs of the graph as Deeplearning4j's own layers compute them
   */
  Engine(ComputationGraph graph, CompileOptions options, Function<INDArray[], INDArray[]> stock) {
    this.graph = graph;
    this.options = options;
    bfloat16 = options.precision() == Precision.BF16;
    forward =
        new CompiledNetwork(
            graph,
            new CompileOptions(
                bfloat16 ? Precision.BF16 : Precision.FP32,
                options.maximumBatch(),
                false,
                options.profile(),
                null,
                true),
            null,
            stock,
            () -> {});
    parameters = new ParameterWatch(graph.params());
  }

  CompileOptions options() {
    return options;
  }

  /** Returns the output layers, whose types {@link #training} has checked. */
  List<IOutputLayer> heads() {
    List<IOutputLayer> heads = new ArrayList<>();
    for (int i = 0; i < graph.getNumOutputArrays(); i++) {
      heads.add((IOutputLayer) graph.getOutputLayer(i));
    }
    return heads;
  }

  /** Returns the graph's outputs for its current parameters. */
  INDArray[] output(INDArray... features) {
    return forward.locked(
        () -> {
          requireOpen();
          if (parameters.changed()) {
            forward.refresh();
          }
          return forward.outputs(features);
        });
  }

  /** Refuses to run after memory was freed whose address programs hold. */
  void requireOpen() {
    if (closing || programs.isClosed()) {
      throw new IllegalStateException(
          "this accelerated graph is closed; accelerate its source again");
    }
    INDArray written = graph.getGradientsViewArray();
    if (graph.params().wasClosed() || (written != null && written.wasClosed())) {
      throw new IllegalStateException(
          "the parameters of this accelerated graph were closed, perhaps with the graph that it"
              + " shares them with; make that graph again and accelerate it");
    }
  }

  /** Runs a training step; {@link #close()} waits for its end. */
  synchronized void step(Runnable step) {
    requireOpen();
    if (stepping) {
      throw new IllegalStateException(
          "a training step of this graph is under way; begin another when it has ended");
    }
    stepping = true;
    try {
      step.run();
    } catch (OutOfMemoryError e) {
      throw MemoryBudget.explained(e);
    } finally {
      stepping = false;
      if (closing) {
        programs.close();
      }
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Returns whether a NaN or infinity in parameters or features would go unseen: primitives read it
   * without raising the flag.
   */
  boolean hides(INDArray... features) {
    return !CpuFeatures.maximumSignalsNan() && isAnyNonFinite(graph.params(), features);
  }

  /** Returns whether there is a NaN or infinity in parameters or features. */
  static boolean isAnyNonFinite(INDArray parameters, INDArray... features) {
    return NonFinite.first(parameters) >= 0
        || Arrays.stream(features).anyMatch(each -> NonFinite.first(each) >= 0);
  }

  /** Frees all programs, after a running step has ended. */
  synchronized void close() {
    closing = true;
    forward.close();
    if (!stepping) {
      programs.close();
    }
  }

  /** Returns the training program for a batch. */
  TrainingProgram training(INDArray... features) {
    Programs.requireOpen("input", features);
    freeUnlessWritingTo(graph.getGradientsViewArray());
    List<long[]> shapes = Arrays.stream(features).map(INDArray::shape).toList();
    List<List<Long>> key = Programs.key(shapes);
    TrainingProgram known = programs.get(key);
    if (known != null) {
      return known;
    }
    Program program = Passes.forTraining(GraphReader.training(graph, shapes));
    programs.makeRoom();
    TrainingProgram made = made(program, shapes);
    programs.put(key, made);
    LOG.info(
        "training step for {} images: {} MB of native memory, {}",
        shapes.get(0)[0],
        made.bytes() >> 20,
        bfloat16 ? Precision.BF16 : Precision.FP32);
    return made;
  }

  @SuppressWarnings("ReferenceEquality") // compares memory, not values
  private void freeUnlessWritingTo(@Nullable INDArray now) {
    if (gradients != now) {
      programs.clear();
      gradients = now;
    }
  }

  private TrainingProgram made(Program program, List<long[]> shapes) {
    try {
      return compile(program);
    } catch (NotEnoughMemoryException e) {
      programs.clear();
      try {
        return compile(program);
      } catch (NotEnoughMemoryException again) {
        throw new IllegalArgumentException(
            again.getMessage() + "; " + remedy(shapes, again.available()), again);
      }
    }
  }

  private TrainingProgram compile(Program program) {
    return new TrainingProgram(
        program, bfloat16, () -> Nd4j.getRandom().nextLong(), options.profile());
  }

  private String remedy(List<long[]> shapes, long available) {
    long fits = 0;
    long tooMany = shapes.get(0)[0];
    while (tooMany - fits > 1) {
      long middle = (fits + tooMany) / 2;
      List<long[]> smaller = shapes.stream().map(long[]::clone).toList();
      smaller.forEach(shape -> shape[0] = middle);
      long bytes =
          TrainingProgram.bytes(Passes.forTraining(GraphReader.training(graph, smaller)), bfloat16);
      if (bytes <= available) {
        fits = middle;
      } else {
        tooMany = middle;
      }
    }
    return fits == 0
        ? "not even one image fits; take smaller images or a smaller network"
        : "the largest batch that fits is " + fits;
  }
}
