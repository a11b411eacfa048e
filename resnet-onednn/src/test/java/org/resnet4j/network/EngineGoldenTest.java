package org.resnet4j.network;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/**
 * Narrow networks of every block kind, stem, shortcut, projection and downsampling on the engine
 * equal PyTorch in double precision. Tolerance: the 1e-4 of stock Deeplearning4j's own float
 * networks in {@code SmallNetworkParityTest}.
 */
class EngineGoldenTest {
  private static final double TOLERANCE = 1e-4;
  private static final ParityReport REPORT = new ParityReport();

  static Stream<Golden> goldens() {
    return SmallNetworkParityTest.goldens();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void compiledNetworkEqualsPyTorch(Golden golden) {
    ComputationGraph network = network(golden);
    Formula.fill(network, TorchNames.OURS);
    BaseLayer classifier = (BaseLayer) network.getOutputLayer(0).conf().getLayer();
    classifier.setActivationFn(new ActivationIdentity());
    Comparison comparison = new Comparison(golden, TOLERANCE);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      comparison.whole("logits", Parity.values(compiled.output(images(golden))));
    }
    REPORT.add("engine " + golden.file(), DataType.FLOAT, "inference", comparison.worst());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goldens")
  void trainingStepEqualsPyTorch(Golden golden) {
    ComputationGraph fast = OneDnn.accelerate(network(golden));
    double error = new Parity(golden, fast, TorchNames.OURS, TOLERANCE).training();
    REPORT.add("engine " + golden.file(), DataType.FLOAT, "training", error);
  }

  private static ComputationGraph network(Golden golden) {
    return ResNetGraph.of(SmallNetworkParityTest.architecture(golden))
        .updater(SmallNetworkParityTest.sgd(golden))
        .network();
  }

  private static INDArray images(Golden golden) {
    Shape input = Shape.parse(golden.field("input"));
    int batch = golden.number("batch");
    return input.isVector()
        ? Formula.images(batch, input.channels())
        : Formula.images(batch, input.channels(), input.height(), input.width());
  }

  @AfterAll
  static void report() {
    REPORT.print();
  }
}
