package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;

/**
 * ResNet-50 runs in a heap of 512 MB, from which JavaCPP derives its limits of native memory. A
 * batch beyond them is refused with the option that raises them.
 */
@Tag("slow")
class SmallHeapTest {
  private static final long[] IMAGE = {1, 3, 224, 224};

  /** Prints the outcomes of inference, of a training step, and of one with too many images. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      ComputationGraph network = ResNetGraph.of(Architectures.byName("resnet50")).network();
      try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
        INDArray sum = compiled.output(Samples.images(1, IMAGE)).sum();
        System.out.printf("sum of probabilities %.3f%n", sum.getDouble(0));
      }
      ComputationGraph fast = OneDnn.accelerate(network);
      fast.fit(batch(1));
      System.out.println("finite loss " + Double.isFinite(fast.score()));
      try {
        fast.fit(batch(16));
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }

    private static DataSet batch(int images) {
      INDArray features = Nd4j.create(DataType.FLOAT, images, 3, 224, 224);
      return new DataSet(features.assign(0.5), Samples.labels(1, images, 1000));
    }
  }

  @Test
  void resnet50RunsAndALargerBatchIsRefusedWithTheOption(@TempDir Path folder)
      throws IOException, InterruptedException {
    String printed = ChildJvm.run(Program.class, Map.of(), folder, "-Xmx512m");
    assertThat(printed)
        .contains("sum of probabilities 1.000")
        .contains("finite loss true")
        .containsPattern(
            "a training step with 16 images needs [\\d,]+ MB of native memory but [\\d,]+ MB are"
                + " available \\(-Dorg\\.bytedeco\\.javacpp\\.maxbytes, -Xmx unless set"
                + " otherwise\\); the largest batch that fits is \\d+");
  }
}
