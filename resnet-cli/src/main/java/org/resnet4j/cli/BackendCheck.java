package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.EngineUnavailableException;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.onednn.UnsupportedGraphException;

/**
 * The difference of one backend's logits from stock Deeplearning4j's in double precision.
 *
 * @param absolute largest difference
 * @param relative largest difference, relative to the largest logit
 */
record BackendCheck(
    String backend, double absolute, double relative, double tolerance, boolean passed) {
  static final double FP32_TOLERANCE = 1e-4;

  /** The tolerance of eight bits of mantissa through twenty layers. */
  static final double BF16_TOLERANCE = 5e-2;

  /**
   * The checks of every backend that runs here.
   *
   * @param noEngineBecause reason why the engine did not run, or null
   */
  record Result(List<BackendCheck> checks, @Nullable String noEngineBecause) {}

  /** Compares all backends; removes the last activation of {@code network}. */
  static Result all(ComputationGraph network, Shape input, int count) {
    Logits.expose(network);
    INDArray images = images(input, count);
    INDArray exact =
        network
            .convertDataType(DataType.DOUBLE)
            .outputSingle(images.castTo(DataType.DOUBLE))
            .detach();
    NonFinite.requireFinite(exact);
    List<BackendCheck> checks = new ArrayList<>();
    checks.add(of("Deeplearning4j FP32", exact, network.outputSingle(images), FP32_TOLERANCE));
    String obstacle = null;
    try {
      checks.add(engine(network, images, exact, Precision.FP32, FP32_TOLERANCE));
      if (OneDnn.environment().multipliesBfloat16()) {
        checks.add(engine(network, images, exact, Precision.BF16, BF16_TOLERANCE));
      }
    } catch (EngineUnavailableException | UnsupportedGraphException e) {
      obstacle = e.getMessage();
    }
    return new Result(checks, obstacle);
  }

  private static BackendCheck engine(
      ComputationGraph network,
      INDArray images,
      INDArray exact,
      Precision precision,
      double tolerance) {
    CompileOptions options =
        CompileOptions.inference()
            .precision(precision)
            .maximumBatch(Math.toIntExact(images.size(0)));
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      return of("oneDNN " + precision, exact, compiled.output(images), tolerance);
    }
  }

  /** Returns the check of the given outputs; NaN counts as a difference. */
  static BackendCheck of(String backend, INDArray exact, INDArray actual, double tolerance) {
    double absolute = 0;
    double largest = 0;
    for (long i = 0; i < exact.length(); i++) {
      double difference = Math.abs(actual.getDouble(i) - exact.getDouble(i));
      absolute = Double.isNaN(difference) ? difference : Math.max(absolute, difference);
      largest = Math.max(largest, Math.abs(exact.getDouble(i)));
    }
    double relative = absolute / largest;
    return new BackendCheck(backend, absolute, relative, tolerance, relative <= tolerance);
  }

  /** Returns {@code count} images with pixels between -1 and 1, equal on every machine. */
  static INDArray images(Shape input, int count) {
    float[] values = new float[Math.toIntExact(Math.multiplyExact(input.size(), count))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * (double) i);
    }
    long[] shape =
        input.isVector()
            ? new long[] {count, input.channels()}
            : new long[] {count, input.channels(), input.height(), input.width()};
    return Nd4j.create(values, shape, 'c');
  }
}
