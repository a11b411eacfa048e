package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Results are correct where OpenMP gives a parallel region fewer threads than {@code
 * OMP_NUM_THREADS}: oneDNN's matmuls omitted half of their outputs there, and its batch norms never
 * ended. Each is a process of its own, since OpenMP reads its environment once.
 */
class FewerOpenMpThreadsTest {
  @TempDir Path folder;

  static Stream<Map<String, String>> environments() {
    return Stream.of(
        Map.of("OMP_NUM_THREADS", "2"),
        Map.of("OMP_NUM_THREADS", "2", "OMP_THREAD_LIMIT", "1"),
        Map.of("OMP_NUM_THREADS", "4", "OMP_THREAD_LIMIT", "3"),
        Map.of("OMP_NUM_THREADS", "2", "OMP_MAX_ACTIVE_LEVELS", "0"),
        Map.of("OMP_NUM_THREADS", "4", "OMP_DYNAMIC", "true"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("environments")
  void resultsWithFewerThreadsThanRequestedEqualStockDeeplearning4j(Map<String, String> environment)
      throws IOException, InterruptedException {
    assertThat(ChildJvm.run(Child.class, environment, folder)).contains("all equal");
  }

  /** Compares the engine with stock Deeplearning4j in double precision, in several threads. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      compare();
      // A new thread has its own OpenMP settings.
      Thread other = new Thread(Child::compare);
      boolean[] failed = new boolean[1];
      other.setUncaughtExceptionHandler(
          (thread, thrown) -> {
            thrown.printStackTrace();
            failed[0] = true;
          });
      other.start();
      other.join();
      System.out.println(failed[0] ? "a thread failed" : "all equal");
      System.exit(failed[0] ? 1 : 0);
    }

    private static void compare() {
      for (int[] size :
          List.of(new int[] {64, 1000}, new int[] {512, 1000}, new int[] {2048, 10})) {
        ComputationGraph dense =
            Samples.network(
                Samples.graph()
                    .addInputs("in")
                    .setInputTypes(InputType.feedForward(size[0]))
                    .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MSE)
                            .nOut(size[1])
                            .activation(Activation.IDENTITY)
                            .build(),
                        "in")
                    .setOutputs("out")
                    .build(),
                1);
        Oracle.inference(dense, Oracle.TOLERANCE, Samples.images(2, 1, size[0]));
      }
      ComputationGraph convolutions =
          Samples.network(
              Samples.chain(
                  InputType.convolutional(16, 16, 3),
                  new ConvolutionLayer.Builder(3, 3).nOut(32).build(),
                  new BatchNormalization.Builder().useLogStd(false).build(),
                  new ConvolutionLayer.Builder(3, 3).nOut(64).stride(2, 2).build(),
                  new BatchNormalization.Builder().useLogStd(false).build()),
              1);
      Oracle.inference(convolutions, Oracle.TOLERANCE, Samples.images(2, 2, 3, 16, 16));
      Oracle.training(
          convolutions, Oracle.TOLERANCE, Samples.batch(3, Samples.CLASSES, 4, 3, 16, 16));
    }
  }
}
