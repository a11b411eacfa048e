package org.resnet4j.onednn;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.exec.NotEnoughMemoryException;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.exec.TrainingProgram;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.lower.GraphReader;
import org.resnet4j.onednn.ops.Dense;
import org.resnet4j.onednn.passes.Passes;

/** Memory is counted before it is allocated, and freed. */
class EngineMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Pattern LARGEST = Pattern.compile("the largest batch that fits is (\\d+)");

  /**
   * Returns a network of six convolutions that keep 64 channels of 16² pixels: more than 0.4 MB an
   * image.
   */
  private static ComputationGraph wide() {
    Stream<Layer> layers =
        Stream.generate(() -> new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(64).build());
    Layer pool = new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
    return Samples.network(
        Samples.chain(
            InputType.convolutional(16, 16, 1),
            Stream.concat(layers.limit(6), Stream.of(pool)).toArray(Layer[]::new)),
        1);
  }

  private static long bytes(ComputationGraph network, long batch) {
    return TrainingProgram.bytes(
        Passes.forTraining(GraphReader.training(network, List.of(new long[] {batch, 1, 16, 16}))),
        false);
  }

  @Test
  void batchTooLargeForMemoryIsRefusedWithTheLargestThatFits() throws Exception {
    ComputationGraph network = wide();
    ComputationGraph fast = OneDnn.accelerate(network);
    fast.fit(Samples.batch(1, Samples.CLASSES, 2, 1, 16, 16));
    INDArray parameters = fast.params().dup();
    int tooMany = 60_000;
    fast.setInputs(Nd4j.create(DataType.FLOAT, tooMany, 1, 16, 16));
    fast.setLabels(Nd4j.create(DataType.FLOAT, tooMany, Samples.CLASSES));
    long before = Pointer.totalBytes();
    long highest = megabytes("VmHWM:");
    IllegalArgumentException refused =
        catchThrowableOfType(IllegalArgumentException.class, fast::computeGradientAndScore);
    assertThat(refused).hasMessageContaining("60000 images");
    Matcher largest = LARGEST.matcher(refused.getMessage());
    assertThat(largest.find()).as(refused.getMessage()).isTrue();
    long fits = Long.parseLong(largest.group(1));
    long available = requireNonNull((NotEnoughMemoryException) refused.getCause()).available();
    assertThat(bytes(fast, fits)).isLessThanOrEqualTo(available);
    assertThat(bytes(fast, fits + 1)).isGreaterThan(available);
    assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(before);
    assertThat(fast.params()).isEqualTo(parameters);
    // No memory of the batch's size was allocated, even temporarily.
    assertThat(megabytes("VmHWM:") - highest).isLessThan(512);

    Oracle.training(
        network,
        fast,
        Oracle.TOLERANCE,
        new org.nd4j.linalg.dataset.MultiDataSet(
            new INDArray[] {Samples.images(3, 4, 1, 16, 16)},
            new INDArray[] {Samples.labels(4, 4, Samples.CLASSES)}));
  }

  /** The image is too large; too many images are computed in parts. */
  @Test
  void inferenceTooLargeForMemoryIsRefusedAndTheNextCallWorks() {
    ComputationGraph network = wide();
    CompileOptions options =
        CompileOptions.inference().precision(Precision.FP32).maximumBatch(1 << 20);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      NotEnoughMemoryException refused =
          catchThrowableOfType(
              NotEnoughMemoryException.class,
              () -> compiled.output(Nd4j.create(DataType.FLOAT, 1, 1, 8_192, 8_192)));
      assertThat(refused.wanted()).isGreaterThan(refused.available());
      INDArray images = Samples.images(3, 4, 1, 16, 16);
      INDArray expected = Oracle.exact(network).output(Oracle.doubles(images))[0];
      Oracle.close("head", expected, compiled.output(images), Oracle.TOLERANCE);
    }
  }

  /**
   * Returns the native bytes of this process after the garbage of earlier tests was freed: the
   * collector's references reach the threads that free memory some time after a collection.
   */
  private static long settledBytes() throws InterruptedException {
    long bytes = -1;
    for (int unchanged = 0, round = 0; unchanged < 5 && round < 200; round++) {
      System.gc();
      Thread.sleep(20);
      long now = Pointer.totalBytes();
      unchanged = now == bytes ? unchanged + 1 : 0;
      bytes = now;
    }
    return bytes;
  }

  @Test
  void memoryIsReportedAndFreedOnClose() throws Exception {
    long before = settledBytes();
    CompiledNetwork compiled = OneDnn.compile(wide(), CompileOptions.inference());
    compiled.output(Samples.images(1, 32, 1, 16, 16));
    assertThat(Pointer.totalBytes() - before).isGreaterThanOrEqualTo(compiled.bytes());
    long used = compiled.bytes();
    compiled.close();
    assertThat(settledBytes()).isLessThan(before + used);
  }

  /**
   * The parameters are unreadable when the program first reads them, after its memory was
   * allocated.
   */
  @Test
  void programWithUnreadableWeightsFreesItsMemory() {
    Program sound =
        Passes.forInference(GraphReader.inference(wide(), List.of(new long[] {64, 1, 16, 16})));
    List<Op> ops =
        sound.ops().stream()
            .map(
                op ->
                    op instanceof Dense dense
                        ? new Dense(
                            dense.layer(),
                            dense.input(),
                            dense.output(),
                            new Parameter(gone(dense.weights().value()), null),
                            dense.bias(),
                            dense.fused())
                        : op)
            .toList();
    long before = Pointer.totalBytes();
    assertThatThrownBy(() -> new InferenceProgram(sound.withOps(ops), false, null))
        .hasMessage("gone");
    assertThat(Pointer.totalBytes() - before).isLessThan(1 << 20);
  }

  /** Returns an array of the same shape whose values cannot be read. */
  private static INDArray gone(INDArray array) {
    return (INDArray)
        Proxy.newProxyInstance(
            INDArray.class.getClassLoader(),
            new Class<?>[] {INDArray.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("data")) {
                throw new IllegalStateException("gone");
              }
              return method.invoke(array, arguments);
            });
  }

  @Test
  void residentMemoryStaysFlat() throws Exception {
    requireFlatResidentMemory(300, 30, 48);
  }

  @Tag("slow")
  @Test
  void residentMemoryStaysFlatForTenThousandCalls() throws Exception {
    requireFlatResidentMemory(10_000, 1_000, 48);
  }

  /**
   * Requires that memory grows by at most {@code mostMegabytes} after the first third of the calls,
   * which may fill caches.
   */
  private static void requireFlatResidentMemory(int calls, int compiles, long mostMegabytes)
      throws Exception {
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                InputType.convolutional(16, 16, 3),
                new ConvolutionLayer.Builder(3, 3).nOut(32).build(),
                new ConvolutionLayer.Builder(3, 3).nOut(32).build(),
                new DenseLayer.Builder().nOut(64).build()),
            1);
    INDArray[] batches = new INDArray[12];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = Samples.images(i, 1 + i, 3, 16, 16);
    }
    long before = 0;
    for (int third = 0; third < 3; third++) {
      try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
        for (int call = 0; call < calls / 3; call++) {
          // Most calls have one shape; every tenth has one that may have to be compiled again.
          compiled.output(batches[call % 10 == 0 ? call / 10 % batches.length : 0]).close();
        }
      }
      for (int compile = 0; compile < compiles / 3; compile++) {
        try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
          compiled.output(batches[compile % batches.length]).close();
        }
      }
      System.gc();
      before = third == 0 ? megabytes("VmRSS:") : before;
    }
    assertThat(megabytes("VmRSS:") - before).isLessThanOrEqualTo(mostMegabytes);
  }

  /** Returns the resident memory: {@code VmRSS:} is the current one, {@code VmHWM:} the peak. */
  private static long megabytes(String kind) throws IOException {
    assumeTrue(Files.exists(STATUS), "memory is read from " + STATUS);
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith(kind)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
      }
    }
    throw new AssertionError(STATUS + ": no line " + kind);
  }
}
