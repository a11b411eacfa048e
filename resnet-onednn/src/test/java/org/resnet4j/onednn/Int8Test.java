package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.onednn.exec.InferenceProgram;
import org.resnet4j.onednn.exec.Program;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.lower.GraphReader;

class Int8Test {
  /** Not a constant, so that its root is left to the CPU, which raises the flag. */
  private static double negative = -1;

  private static ConvolutionLayer conv(int size, int stride, int outputs) {
    return new ConvolutionLayer.Builder(size, size)
        .stride(stride, stride)
        .padding(size / 2, size / 2)
        .nOut(outputs)
        .build();
  }

  private static CompileOptions int8(Int8Ranges ranges) {
    return CompileOptions.inference().int8(ranges).precision(Precision.INT8);
  }

  /**
   * With activations of 0 or 255 and the largest weights, sums of products are largest. They are
   * whole numbers below 2^24, so single precision holds them exactly and the result must be equal
   * to that of plain Java.
   */
  @ParameterizedTest
  @CsvSource({"16, 32, 3, 1", "32, 16, 1, 1", "24, 40, 3, 2", "7, 9, 3, 1", "64, 64, 1, 2"})
  void sumsOfTheLargestProductsAreExact(int inputs, int outputs, int size, int stride) {
    GraphBuilder graph = Samples.graph().addInputs("in");
    graph
        .setInputTypes(InputType.convolutional(6, 6, inputs))
        .addLayer("relu", new ActivationLayer(Activation.RELU), "in")
        .addLayer("conv", conv(size, stride, outputs), "relu")
        .setOutputs("conv");
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    int[] weights = pairs(inputs, outputs, size * size);
    network.getLayer("conv").getParam("W").assign(floats(weights, outputs, inputs, size, size));
    network.getLayer("conv").getParam("b").assign(-3);
    SplittableRandom random = new SplittableRandom(4);
    int[] pixels = random.ints(2L * inputs * 36, 0, 4).map(i -> i == 0 ? 0 : 255).toArray();

    INDArray actual;
    try (CompiledNetwork compiled =
        OneDnn.compile(network, int8(new Int8Ranges(Map.of("relu", 255f))))) {
      actual = compiled.output(floats(pixels, 2, inputs, 6, 6));
      assertThat(compiled.precision()).isEqualTo(Precision.INT8);
    }

    int side = (6 - 1) / stride + 1;
    for (int image = 0; image < 2; image++) {
      for (int out = 0; out < outputs; out++) {
        for (int y = 0; y < side; y++) {
          for (int x = 0; x < side; x++) {
            long expected = -3;
            for (int in = 0; in < inputs; in++) {
              for (int k = 0; k < size * size; k++) {
                int row = y * stride + k / size - size / 2;
                int column = x * stride + k % size - size / 2;
                if (row >= 0 && row < 6 && column >= 0 && column < 6) {
                  expected +=
                      (long) weights[(out * inputs + in) * size * size + k]
                          * pixels[((image * inputs + in) * 6 + row) * 6 + column];
                }
              }
            }
            assertThat(actual.getFloat(image, out, y, x)).isEqualTo((float) expected);
          }
        }
      }
    }
  }

  /** Returns weights whose scale is 1: of 127 at most, with pairs of one sign of 128 at most. */
  private static int[] pairs(int inputs, int outputs, int pixels) {
    int[][] kinds = {{127, 1}, {64, 64}, {-64, -64}, {127, -127}, {-1, -127}, {100, 28}};
    SplittableRandom random = new SplittableRandom(5);
    int[] weights = new int[outputs * inputs * pixels];
    for (int out = 0; out < outputs; out++) {
      for (int in = 0; in < inputs; in += 2) {
        for (int k = 0; k < pixels; k++) {
          int[] kind = in + k == 0 ? kinds[3] : kinds[random.nextInt(kinds.length)];
          weights[(out * inputs + in) * pixels + k] = kind[0];
          if (in + 1 < inputs) {
            weights[(out * inputs + in + 1) * pixels + k] = kind[1];
          }
        }
      }
    }
    return weights;
  }

  private static INDArray floats(int[] values, long... shape) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return Nd4j.createFromArray(floats).reshape('c', shape);
  }

  /** Three blocks, the second with a projection; its sum reads signed integers. */
  private static ComputationGraph residual() {
    GraphBuilder graph = Samples.graph().addInputs("in");
    graph.setInputTypes(InputType.convolutional(12, 12, 3));
    graph.addLayer("stem", conv(3, 1, 16), "in");
    graph.addLayer("stem-relu", new ActivationLayer(Activation.RELU), "stem");
    block(graph, "a", "stem-relu", 16, 1);
    block(graph, "b", "a", 32, 2);
    block(graph, "c", "b", 32, 1);
    graph
        .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "c")
        .addLayer("head", Samples.head(), "pool")
        .setOutputs("head");
    return Samples.network(graph.build(), 5);
  }

  private static void block(GraphBuilder graph, String name, String from, int width, int stride) {
    graph
        .addLayer(name + "-conv1", conv(3, stride, width), from)
        .addLayer(name + "-norm1", new BatchNormalization(), name + "-conv1")
        .addLayer(name + "-relu1", new ActivationLayer(Activation.RELU), name + "-norm1")
        .addLayer(name + "-conv2", conv(3, 1, width), name + "-relu1")
        .addLayer(name + "-norm2", new BatchNormalization(), name + "-conv2");
    String shortcut = from;
    if (stride > 1) {
      shortcut = name + "-shortcut";
      graph.addLayer(shortcut, conv(1, stride, width), from);
    }
    graph
        .addVertex(
            name + "-sum",
            new ElementWiseVertex(ElementWiseVertex.Op.Add),
            name + "-norm2",
            shortcut)
        .addLayer(name, new ActivationLayer(Activation.RELU), name + "-sum");
  }

  private static Int8Ranges calibrated(ComputationGraph network, INDArray images) {
    try (Int8Calibration calibration = OneDnn.calibrate(network)) {
      calibration.observe(images);
      return calibration.ranges();
    }
  }

  /**
   * Rounding to 1/255 of the range changes probabilities by less than 0.01; a wrong scale changes
   * them by far more. Images are computed in parts, which are equal to those computed alone.
   */
  @Test
  void residualNetworkIsCloseToSinglePrecision() {
    ComputationGraph network = residual();
    INDArray images = Samples.images(6, 7, 3, 12, 12);
    INDArray expected = Oracle.exact(network).outputSingle(images.castTo(DataType.DOUBLE));
    Int8Ranges ranges = calibrated(network, images);
    Profile profile = new Profile();

    try (CompiledNetwork compiled = OneDnn.compile(network, int8(ranges).profile(profile))) {
      INDArray actual = compiled.output(images);

      assertThat(expected.castTo(actual.dataType()).sub(actual).amaxNumber().doubleValue())
          .isLessThan(0.01)
          .isGreaterThan(0);
      assertThat(compiled.output(images)).isEqualTo(actual);
      assertThat(compiled.output(images.get(NDArrayIndex.interval(2, 3))))
          .isEqualTo(actual.get(NDArrayIndex.interval(2, 3)));
    }
    assertThat(ranges.ranges().keySet())
        .containsExactlyInAnyOrder(
            "stem-relu", "a-relu1", "a", "b-relu1", "b-shortcut", "b", "c-relu1");
    assertThat(profile.rows().stream().filter(row -> row.work().equals("to integers"))).hasSize(1);
  }

  @Test
  void calibrationIsTheSameEveryTime() {
    ComputationGraph network = residual();
    INDArray images = Samples.images(6, 7, 3, 12, 12);

    assertThat(calibrated(network, images)).isEqualTo(calibrated(network, images));
  }

  /** A flag that something else raises makes a program run again; see {@code InvalidFlag}. */
  @Test
  void activationsAreSeenOnceEvenIfTheProgramRunsAgain() {
    ComputationGraph network = residual();
    INDArray images = Samples.images(6, 2, 3, 12, 12);
    Int8Compiler.Named named =
        Int8Compiler.named(GraphReader.inference(network, List.of(images.shape())));
    Map<String, RangeHistogram> once = new LinkedHashMap<>();
    Map<String, RangeHistogram> disturbed = new LinkedHashMap<>();
    Map<Value, String> names = named.names();

    run(named.program(), new Int8Calibration.Histograms(names, once), images);
    AtomicInteger runs = new AtomicInteger();
    Int8Calibration.Histograms histograms = new Int8Calibration.Histograms(names, disturbed);
    Value first = names.keySet().iterator().next();
    run(
        named.program(),
        new InferenceProgram.Observer() {
          @Override
          public boolean wants(Value value) {
            return histograms.wants(value);
          }

          @Override
          public void see(Value value, float[] elements) {
            histograms.see(value, elements);
            if (value == first && runs.getAndIncrement() == 0) {
              assertThat(Math.sqrt(negative)).isNaN();
            }
          }
        },
        images);

    assertThat(runs).hasValue(2);
    assertThat(disturbed).usingRecursiveComparison().isEqualTo(once);
  }

  private static void run(Program program, InferenceProgram.Observer observer, INDArray images) {
    try (InferenceProgram running = InferenceProgram.observed(program, observer)) {
      INDArray[] results =
          running.outputShapes().stream().map(Nd4j::create).toArray(INDArray[]::new);
      assertThat(running.run(new INDArray[] {images}, results)).isTrue();
    }
  }

  @Test
  void rangesOfAnotherNetworkAreRefused() {
    ComputationGraph network = residual();
    INDArray images = Samples.images(6, 2, 3, 12, 12);
    Map<String, Float> ranges = new LinkedHashMap<>(calibrated(network, images).ranges());
    ranges.remove("a");
    try (CompiledNetwork compiled = OneDnn.compile(network, int8(new Int8Ranges(ranges)))) {
      assertThatThrownBy(() -> compiled.output(images))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"a\" is missing");
    }
    ranges.put("a", 1f);
    ranges.put("other", 1f);
    try (CompiledNetwork compiled = OneDnn.compile(network, int8(new Int8Ranges(ranges)))) {
      assertThatThrownBy(() -> compiled.output(images))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("\"other\" is unknown");
    }
  }

  @Test
  void int8WithoutRangesIsRefused() {
    CompileOptions options = CompileOptions.inference();
    assertThatThrownBy(() -> options.precision(Precision.INT8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ranges");
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "NaN", "Infinity", "1e-38"})
  void rangesThatAreNoLargestMagnitudesAreRefused(float range) {
    Map<String, Float> ranges = Map.of("relu", range);
    assertThatThrownBy(() -> new Int8Ranges(ranges))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("relu");
  }
}
