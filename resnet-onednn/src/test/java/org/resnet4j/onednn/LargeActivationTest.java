package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An activation of more than 2³¹ elements, 8.8 GB, is addressed correctly: maxima lie in its last
 * pixels, and are those that the weights give.
 */
@Tag("slow")
class LargeActivationTest {
  private static final long NEEDED_KILOBYTES = 13L << 20;
  private static final int SIDE = 16_640;
  private static final int CHANNELS = 8;

  /** Prints the largest activation of each channel, whose pixel is the last of the image. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      ComputationGraphConfiguration configuration =
          Samples.graph()
              .addInputs("in")
              .setInputTypes(InputType.convolutional(SIDE, SIDE, 1))
              .addLayer(
                  "a",
                  new ConvolutionLayer.Builder(1, 1)
                      .nOut(CHANNELS)
                      .activation(Activation.RELU)
                      .build(),
                  "in")
              .addLayer("max", new GlobalPoolingLayer.Builder(PoolingType.MAX).build(), "a")
              .setOutputs("max")
              .build();
      ComputationGraph network = Samples.network(configuration, 1);
      for (int channel = 0; channel < CHANNELS; channel++) {
        network.getParam("a_W").putScalar(new int[] {channel, 0, 0, 0}, channel + 1);
      }
      network.getParam("a_b").assign(0);
      INDArray image = Nd4j.create(DataType.FLOAT, 1, 1, SIDE, SIDE);
      image.putScalar(new long[] {0, 0, SIDE - 1, SIDE - 1}, 3);
      CompileOptions options = CompileOptions.inference().precision(Precision.FP32);
      try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
        System.out.println("maxima " + compiled.output(image).toStringFull());
      }
    }
  }

  @Test
  void maximaInTheLastPixelOf2To31ElementsAreFound(@TempDir Path folder)
      throws IOException, InterruptedException {
    assumeTrue(availableKilobytes() > NEEDED_KILOBYTES, "13 GB of memory");
    assertThat((long) SIDE * SIDE * CHANNELS).isGreaterThan(1L << 31);
    String printed =
        ChildJvm.run(
            Program.class,
            Map.of(),
            folder,
            "-Xmx1g",
            "-Dorg.bytedeco.javacpp.maxbytes=12g",
            "-Dorg.bytedeco.javacpp.maxphysicalbytes=14g");
    String[] maxima = printed.replaceAll("(?s).*maxima \\[\\[(.*)\\]\\].*", "$1").split(",");
    assertThat(maxima).hasSize(CHANNELS);
    for (int channel = 0; channel < CHANNELS; channel++) {
      assertThat(Double.parseDouble(maxima[channel])).isCloseTo(3.0 * (channel + 1), within(1e-4));
    }
  }

  private static long availableKilobytes() throws IOException {
    Path memory = Path.of("/proc/meminfo");
    return !Files.exists(memory)
        ? 0
        : Files.readAllLines(memory).stream()
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElse(0);
  }
}
