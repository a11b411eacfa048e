package org.resnet4j.benchmarks.baselines;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
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
import org.resnet4j.benchmarks.files.Layout;
import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.Precision;

/** ONNX Runtime and PyTorch compute from our files what Deeplearning4j computes. */
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
        "seresnext50_32x4d",
        "residual_mlp"
      })
  void baselinesComputeWhatDeeplearning4jComputes(String name) throws Exception {
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

    float[] onnx = onnxRuntime(files, row);
    assertThat(Agreement.error(files.logits(), onnx, row.classes())).isLessThan(1e-5);
    for (Layout layout : Layout.values()) {
      float[] torch = pyTorch(files, layout, Precision.FP32, row);
      assertThat(Agreement.error(files.logits(), torch, row.classes())).isLessThan(1e-5);
      float[] half = pyTorch(files, layout, Precision.BF16, row);
      assertThat(Agreement.error(files.logits(), half, row.classes())).isBetween(1e-5, 0.1);
    }
  }

  private static float[] onnxRuntime(NetworkFiles files, Architecture row) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = OnnxRuntimeRun.session(environment, files.onnx(), 1)) {
      return OnnxRuntimeRun.logits(environment, session, files.images(), row.input());
    }
  }

  private static float[] pyTorch(
      NetworkFiles files, Layout layout, Precision precision, Architecture row) throws Exception {
    try (Model model = DjlRun.model(files.torchScript(layout, precision))) {
      return DjlRun.logits(model, files.images(), row);
    }
  }
}
