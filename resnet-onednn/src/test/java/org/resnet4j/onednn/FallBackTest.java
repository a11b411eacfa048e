package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Graphs that the engine does not support run on stock Deeplearning4j if that is asked for. */
class FallBackTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.onednn.UnsupportedGraphTest#both")
  void inferenceFallBackEqualsStockDeeplearning4j(UnsupportedGraphTest.Case sample) {
    ComputationGraph network = sample.network();
    INDArray expected = network.output(sample.data())[0];
    String log =
        logged(
            () -> {
              try (CompiledNetwork compiled =
                  OneDnn.compile(network, CompileOptions.inference().orFallBack())) {
                assertThat(compiled.output(sample.data())).isEqualTo(expected);
                assertThat(compiled.output(sample.data())).isEqualTo(expected);
              }
            });
    assertThat(log.lines().filter(line -> line.contains("\"odd\""))).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.onednn.UnsupportedGraphTest#both")
  void trainingFallBackEqualsStockDeeplearning4j(UnsupportedGraphTest.Case sample) {
    ComputationGraph stock = sample.network();
    ComputationGraph[] fast = new ComputationGraph[1];
    DataSet batch = new DataSet(sample.data(), Samples.labels(2, 2, Samples.CLASSES));
    String log =
        logged(
            () -> {
              fast[0] = OneDnn.accelerate(sample.network(), CompileOptions.training().orFallBack());
              for (int step = 0; step < 2; step++) {
                fast[0].fit(batch.copy());
              }
            });
    for (int step = 0; step < 2; step++) {
      stock.fit(batch.copy());
    }
    assertThat(fast[0].params()).isEqualTo(stock.params());
    assertThat(log.lines().filter(line -> line.contains("\"odd\""))).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.resnet4j.onednn.UnsupportedGraphTest#trainingOnly")
  void graphWithTrainingNoiseFallsBackToStockDeeplearning4j(UnsupportedGraphTest.Case sample) {
    ComputationGraph network = sample.network();
    String log =
        logged(
            () ->
                assertThat(OneDnn.accelerate(network, CompileOptions.training().orFallBack()))
                    .isSameAs(network));
    assertThat(log.lines().filter(line -> line.contains("\"odd\""))).hasSize(1);
    Oracle.inference(network, Oracle.TOLERANCE, sample.data());
  }

  /** Returns the log, which is standard error, while {@code work} runs. */
  static String logged(Runnable work) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
