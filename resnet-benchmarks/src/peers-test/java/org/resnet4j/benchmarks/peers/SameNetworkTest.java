package org.resnet4j.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.graph.ResNetGraph;

/** ONNX Runtime computes from our file what Deeplearning4j computes. */
class SameNetworkTest {
  @TempDir Path folder;

  /** Every kind of node: shortcuts A and B, pooled and bare projections, pre-activation, biases. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet20_cifar",
        "resnet18",
        "resnet50",
        "resnet50d",
        "resnet50_v2",
        "wrn_16_4",
        "resnet18_d2l",
        "residual_mlp"
      })
  void onnxRuntimeComputesWhatDeeplearning4jComputes(String name) throws Exception {
    Architecture row = Architectures.byName(name);
    if (row.input().height() > 96) {
      // An odd number of rows at every halving, so that windows hang over.
      row = row.with(next -> next.input(3, 72, 72).classes(10));
    }
    ComputationGraph network = ResNetGraph.of(row).seed(1).network();
    Networks.unsettle(network);
    NetworkFiles files = new NetworkFiles(folder);
    float[] pixels = Pixels.of(row.input(), 3);
    INDArray images =
        Nd4j.createFromArray(pixels).reshape(Pixels.sizes(row.input(), pixels.length));
    files.write(Plan.of(row), network, images);

    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = OnnxRuntimeRun.session(environment, files.onnx(), 1)) {
      float[] logits = OnnxRuntimeRun.logits(environment, session, files.images(), row.input());
      assertThat(Agreement.error(files.logits(), logits, row.classes())).isLessThan(1e-5);
    }
  }
}
