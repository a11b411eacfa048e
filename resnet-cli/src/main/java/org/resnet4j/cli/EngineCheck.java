package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.EngineEnvironment;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/** Compares the oneDNN engine with Deeplearning4j's own layers on a small network. */
final class EngineCheck {

  private static final int IMAGES = 4;

  private final ComputationGraph network = SelfCheck.network();
  private final INDArray images = BackendCheck.images(new Shape(3, 16, 16), IMAGES);
  private final INDArray labels = Nd4j.zeros(IMAGES, 10);

  private EngineCheck() {
    for (int i = 0; i < IMAGES; i++) {
      labels.putScalar(i, i, 1);
    }
  }

  /** Returns the checks that this machine can run. */
  static List<SelfCheck> all(EngineEnvironment environment) {
    EngineCheck check = new EngineCheck();
    List<SelfCheck> results = new ArrayList<>();
    results.add(check.trainingStep());
    Logits.expose(check.network);
    results.add(check.forwardPass(Precision.FP32, BackendCheck.FP32_TOLERANCE));
    results.add(product());
    if (environment.multipliesBfloat16()) {
      results.add(check.forwardPass(Precision.BF16, BackendCheck.BF16_TOLERANCE));
    }
    return results;
  }

  private SelfCheck trainingStep() {
    INDArray expected = gradients(network).dup();
    INDArray actual = gradients(OneDnn.accelerate(network));
    return SelfCheck.of(
        "oneDNN training step, gradients in FP32 against Deeplearning4j",
        error(expected, actual),
        BackendCheck.FP32_TOLERANCE);
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

  /**
   * Checks a GEMM of one row whose columns are shared among threads; it is wrong if fewer threads
   * run than were planned for.
   */
  private static SelfCheck product() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(64))
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(1000)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "in")
                .setOutputs("out")
                .build());
    network.init();
    INDArray vector = BackendCheck.images(Shape.vector(64), 1);
    INDArray expected = network.outputSingle(vector);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      return SelfCheck.of(
          "oneDNN matmul of 1x64 with 64x1000 against Deeplearning4j",
          error(expected, compiled.output(vector)),
          BackendCheck.FP32_TOLERANCE);
    }
  }

  /** Returns the largest error, relative to the largest value; NaN if there is a NaN. */
  private static double error(INDArray expected, INDArray actual) {
    return BackendCheck.of("", expected.reshape(-1), actual.reshape(-1), 0).relative();
  }
}
