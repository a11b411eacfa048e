package org.resnet4j.onednn;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.ir.Int8;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.lower.GraphReader;

/**
 * Measures the ranges of activations for {@link Precision#INT8}. Histograms are kept, and no
 * activations.
 *
 * <pre>{@code
 * try (Int8Calibration calibration = OneDnn.calibrate(network)) {
 *   batches.forEach(calibration::observe);
 *   Int8Ranges ranges = calibration.ranges();
 * }
 * }</pre>
 */
public final class Int8Calibration implements AutoCloseable {
  private final ComputationGraph graph;
  private final Map<String, RangeHistogram> histograms = new LinkedHashMap<>();
  private final Map<String, Boolean> signed = new LinkedHashMap<>();

  /** The activations of the last run. A program that runs its steps again replaces them. */
  private final Map<String, RangeHistogram> ofRun = new LinkedHashMap<>();

  /** The program for the shape of the last images. */
  private @Nullable InferenceProgram program;

  private long @Nullable [] shape;
  private boolean closed;

  /** Creates a calibration of a graph that must not change. */
  Int8Calibration(ComputationGraph graph) {
    this.graph = graph;
  }

  /**
   * Computes the network for {@code images} in single precision, and counts its activations.
   *
   * @throws IllegalArgumentException when a number is NaN or infinite, or the network has nothing
   *     that is computed in integers
   */
  public synchronized void observe(INDArray images) {
    if (closed) {
      throw new IllegalStateException("this calibration is closed; begin another");
    }
    Programs.requireOpen("input", images);
    InferenceProgram.requireFinite(images);
    InferenceProgram running = program(images.shape());
    INDArray[] results =
        running.outputShapes().stream().map(Nd4j::createUninitialized).toArray(INDArray[]::new);
    if (!running.run(new INDArray[] {images}, results)) {
      throw new IllegalArgumentException(
          "calibration: expected finite activations but there is a NaN or infinity; check the network's parameters");
    }
    ofRun.forEach((name, seen) -> Objects.requireNonNull(histograms.get(name)).add(seen));
  }

  private InferenceProgram program(long... wanted) {
    InferenceProgram known = program;
    if (known != null && Arrays.equals(shape, wanted)) {
      return known;
    }
    release();
    Int8Compiler.Named named = Int8Compiler.named(GraphReader.inference(graph, List.of(wanted)));
    if (named.names().isEmpty()) {
      throw new IllegalArgumentException(
          "calibration: expected a network with convolutions after ReLU, which are computed in 8-bit integers, but there are none; use it in FP32");
    }
    named
        .signed()
        .forEach(
            (value, sign) -> {
              String name = named.names().get(value);
              signed.put(name, sign);
              histograms.computeIfAbsent(name, missing -> new RangeHistogram());
            });
    InferenceProgram made =
        InferenceProgram.observed(named.program(), new Histograms(named.names(), ofRun));
    ofRun.clear();
    program = made;
    shape = wanted.clone();
    return made;
  }

  /** An observer that makes a histogram of each activation. */
  record Histograms(Map<Value, String> names, Map<String, RangeHistogram> byName)
      implements InferenceProgram.Observer {
    @Override
    public boolean wants(Value value) {
      return names.containsKey(value);
    }

    @Override
    public void see(Value value, float[] elements) {
      byName.put(Objects.requireNonNull(names.get(value)), RangeHistogram.of(elements));
    }
  }

  /**
   * Returns the ranges with the least mean squared error.
   *
   * @throws IllegalStateException before {@link #observe}
   */
  public synchronized Int8Ranges ranges() {
    if (histograms.isEmpty()) {
      throw new IllegalStateException("calibration: expected observed images but there are none");
    }
    Map<String, Float> ranges = new LinkedHashMap<>();
    histograms.forEach(
        (name, histogram) -> {
          boolean sign = Objects.requireNonNull(signed.get(name));
          double range = histogram.leastSquaredError(Int8.largest(sign));
          // An activation that was always zero has any range.
          ranges.put(name, range < Int8Ranges.SMALLEST ? 1f : (float) range);
        });
    return new Int8Ranges(ranges);
  }

  private void release() {
    InferenceProgram known = program;
    program = null;
    if (known != null) {
      known.close();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    release();
  }
}
