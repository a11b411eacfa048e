package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.EngineEnvironment;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.zoo.Zoo;

/** The oneDNN engine against Deeplearning4j's own layers, on a small network. */
final class EngineCheck {
  static final double FP32_TOLERANCE = 1e-4;

  /** Eight bits of mantissa through twenty layers. */
  static final double BF16_TOLERANCE = 5e-2;

  private static final int IMAGES = 4;

  private final ComputationGraph network =
      Zoo.create("resnet20_cifar", row -> row.input(3, 16, 16), 1);
  private final INDArray images = BackendCheck.images(new Shape(3, 16, 16), IMAGES);
  private final INDArray labels = Nd4j.zeros(IMAGES, 10);

  private EngineCheck() {
    for (int i = 0; i < IMAGES; i++) {
      labels.putScalar(i, i, 1);
    }
  }

  /** What this machine can run. */
  static List<SelfCheck> all(EngineEnvironment environment) {
    EngineCheck check = new EngineCheck();
    List<SelfCheck> results = new ArrayList<>();
    results.add(check.trainingStep());
    Logits.expose(check.network);
    results.add(check.forwardPass(Precision.FP32, FP32_TOLERANCE));
    if (environment.multipliesBfloat16()) {
      results.add(check.forwardPass(Precision.BF16, BF16_TOLERANCE));
    }
    return results;
  }

  private SelfCheck trainingStep() {
    INDArray expected = gradients(network).dup();
    INDArray actual = gradients(OneDnn.accelerate(network));
    return SelfCheck.of(
        "oneDNN training step, gradients in FP32 against Deeplearning4j",
        error(expected, actual),
        FP32_TOLERANCE);
  }

  private INDArray gradients(ComputationGraph graph) {
    graph.setInputs(images);
    graph.setLabels(labels);
    graph.computeGradientAndScore();
    return graph.gradient().gradient();
  }

  private SelfCheck forwardPass(Precision precision, double tolerance) {
    INDArray expected = network.outputSingle(images);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(precision))) {
      return SelfCheck.of(
          "oneDNN forward pass, logits in %s against Deeplearning4j".formatted(precision),
          error(expected, compiled.output(images)),
          tolerance);
    }
  }

  /** Relative to the largest value. */
  private static double error(INDArray expected, INDArray actual) {
    return actual.sub(expected).amaxNumber().doubleValue() / expected.amaxNumber().doubleValue();
  }
}
