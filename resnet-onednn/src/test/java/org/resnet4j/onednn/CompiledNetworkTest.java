package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.exec.CpuFeatures;
import org.resnet4j.onednn.exec.ImageLayout;

/** Compiled networks are frozen, thread-safe, and correct for any batch size. */
class CompiledNetworkTest {
  private static final CompileOptions FP32 = CompileOptions.inference().precision(Precision.FP32);

  private static ComputationGraph network() {
    return AcceleratedGraphTest.network(Samples.base());
  }

  private static INDArray images(int seed, int count) {
    return Samples.images(seed, count, 3, 8, 8);
  }

  private static INDArray exact(INDArray images) {
    return Oracle.exact(network()).output(Oracle.doubles(images))[0];
  }

  @Test
  void eightThreadsComputeTheResultsOfOneThread() throws Exception {
    int calls = 200;
    List<INDArray> inputs = new ArrayList<>();
    List<INDArray> expected = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      for (int i = 0; i < 10; i++) {
        // Most of the ten batch sizes are computed in parts.
        inputs.add(images(i, 1 + i));
        expected.add(compiled.output(inputs.get(i)));
      }
      List<Callable<INDArray>> work = new ArrayList<>();
      for (int call = 0; call < calls; call++) {
        INDArray input = inputs.get(call % inputs.size());
        work.add(() -> compiled.output(input));
      }
      List<Future<INDArray>> results = threads.invokeAll(work);
      for (int call = 0; call < calls; call++) {
        assertThat(results.get(call).get()).isEqualTo(expected.get(call % inputs.size()));
      }
    } finally {
      threads.shutdown();
    }
    Oracle.close("head", exact(inputs.get(3)), expected.get(3), Oracle.TOLERANCE);
  }

  @Test
  void batchSizesOneToTwentyEqualStockDeeplearning4jRepeatedly() {
    INDArray images = images(1, 20);
    INDArray expected = exact(images);
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      for (int round = 0; round < 2; round++) {
        for (int count = 1; count <= 20; count++) {
          INDArray rows =
              images.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, count)).dup();
          INDArray some =
              expected.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, count)).dup();
          Oracle.close("batch of " + count, some, compiled.output(rows), Oracle.TOLERANCE);
        }
      }
    }
  }

  @Test
  void batchesOfAnySizeTakeAProgramForEveryPowerOfTwo() {
    long before = Programs.live();
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      for (int count = 1; count <= 31; count++) {
        compiled.output(images(1, count));
      }
      assertThat(Programs.live() - before).isLessThanOrEqualTo(5); // 1, 2, 4, 8, 16
    }
    assertThat(BatchParts.next(31, 100)).isEqualTo(16);
    assertThat(BatchParts.next(31, 9)).isEqualTo(8);
    assertThat(BatchParts.next(1, 9)).isEqualTo(1);
  }

  @Test
  void otherImageSizesEqualStockDeeplearning4j() {
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      for (int size = 6; size < 12; size++) {
        INDArray images = Samples.images(size, 2, 3, size, size + 1);
        Oracle.close("head", exact(images), compiled.output(images), Oracle.TOLERANCE);
      }
    }
  }

  @Test
  void resultIsNotOverwrittenByTheNextCall() {
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      INDArray first = compiled.output(images(1, 2));
      INDArray copy = first.dup();
      compiled.output(images(2, 2));
      assertThat(first).isEqualTo(copy);
    }
  }

  @Test
  void trainingTheSourceGraphDoesNotChangeTheCompiledNetwork() {
    ComputationGraph graph = network();
    INDArray images = images(1, 3);
    try (CompiledNetwork compiled = OneDnn.compile(graph, FP32)) {
      graph.fit(Samples.batch(1, Samples.CLASSES, 4, 3, 8, 8));
      Oracle.close("head", exact(images), compiled.output(images), Oracle.TOLERANCE);
      INDArray before = compiled.output(images);
      graph.fit(Samples.batch(2, Samples.CLASSES, 4, 3, 8, 8));
      assertThat(compiled.output(images)).isEqualTo(before);
      // This batch size is first used after training.
      Oracle.close("head", exact(images(3, 5)), compiled.output(images(3, 5)), Oracle.TOLERANCE);
    }
  }

  @Test
  void callsAfterCloseAreRefused() {
    CompiledNetwork compiled = OneDnn.compile(network(), FP32);
    compiled.output(images(1, 2));
    assertThat(compiled.bytes()).isPositive();
    compiled.close();
    compiled.close();
    assertThat(compiled.bytes()).isZero();
    assertThatThrownBy(() -> compiled.output(images(1, 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this CompiledNetwork is closed; compile the graph again");
  }

  @Test
  void batchLargerThanTheStatedMaximumIsRefused() {
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32.maximumBatch(4))) {
      assertThat(compiled.output(images(1, 4)).shape()).containsExactly(4, Samples.CLASSES);
      assertThatThrownBy(() -> compiled.output(images(1, 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("at most 4 images in one call but was given 5");
    }
    assertThatThrownBy(() -> FP32.maximumBatch(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 1 or more but was 0");
  }

  @Test
  void wrongInputsAreRefusedAndLaterCallsWork() {
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32)) {
      assertThatThrownBy(() -> compiled.output(Samples.images(1, 2, 4, 8, 8)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("vertex \"a\": expected 3 channels");
      assertThatThrownBy(() -> compiled.output(Samples.images(1, 2, 8)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> compiled.outputs(images(1, 2), images(1, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("expected 1 input arrays but was given 2");
      assertThatThrownBy(() -> compiled.output(Samples.images(1, 2, 3, 8)))
          .isInstanceOf(IllegalArgumentException.class);
      Oracle.close("head", exact(images(3, 5)), compiled.output(images(3, 5)), Oracle.TOLERANCE);
    }
  }

  @Test
  void outputIsBitForBitReproducible() {
    INDArray images = images(1, 7);
    try (CompiledNetwork one = OneDnn.compile(network(), FP32);
        CompiledNetwork two = OneDnn.compile(network(), FP32)) {
      INDArray first = one.output(images);
      assertThat(one.output(images)).isEqualTo(first);
      assertThat(two.output(images)).isEqualTo(first);
    }
  }

  @Test
  void profileListsLayersAndTheirTimes() {
    Profile profile = new Profile();
    try (CompiledNetwork compiled = OneDnn.compile(network(), FP32.profile(profile))) {
      compiled.output(images(1, 4));
      compiled.output(images(2, 4));
    }
    assertThat(profile.rows()).isNotEmpty().allMatch(row -> row.nanoseconds() > 0);
    assertThat(profile.rows())
        .filteredOn(row -> row.layer().equals("a") && row.work().equals("forward"))
        .singleElement()
        .matches(row -> row.calls() == 2);
    assertThat(profile.nanoseconds())
        .isEqualTo(profile.rows().stream().mapToLong(Profile.Row::nanoseconds).sum());
  }

  /**
   * A convolution of few pixels whose successor cannot be fused runs in channels-last layout
   * between layers in blocked layout.
   */
  @Test
  void convolutionsOfFewPixelsRunInChannelsLastLayout() {
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                InputType.convolutional(9, 11, 16),
                new ConvolutionLayer.Builder(1, 1).nOut(32).build(),
                new ConvolutionLayer.Builder(3, 3)
                    .stride(2, 2)
                    .nOut(48)
                    .activation(Activation.TANH)
                    .build(),
                new ConvolutionLayer.Builder(1, 1).nOut(16).build(),
                new GlobalPoolingLayer.Builder(PoolingType.AVG).build()),
            3);
    INDArray image = Samples.images(4, 1, 16, 9, 11);
    Profile profile = new Profile();
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32).profile(profile);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      INDArray expected = Oracle.exact(network).output(Oracle.doubles(image))[0];
      Oracle.close("head", expected, compiled.output(image), Oracle.TOLERANCE);
    }
    assertThat(profile.rows())
        .filteredOn(row -> row.work().equals("output layout"))
        .extracting(Profile.Row::layer)
        .isEqualTo(CpuFeatures.floats() < ImageLayout.BLOCK ? List.of() : List.of("layer1"));
  }
}
