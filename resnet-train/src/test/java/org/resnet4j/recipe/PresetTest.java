package org.resnet4j.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.train.WeightAverage;

/**
 * A hundred steps of every preset on a tiny residual network equal PyTorch's, for equal images and
 * equal draws of mixup and CutMix ({@code src/test/python/preset_goldens.py}). Augmentations and
 * stochastic depth have goldens of their own. In double precision, 100 steps amplify rounding to
 * less than 1e-8. Of single precision, 1e-4 is ten times what it makes of PyTorch's own parameters.
 * Muon amplifies rounding by 4,000,000 in 100 steps: its preset is compared to 1e-6, and in single
 * precision after 10 steps. {@code OptimiserTest} compares Muon alone to 1e-8.
 */
class PresetTest {
  private static final int STEPS = 100;
  private static final int EARLY = 10;
  private static final int CLASSES = 4;
  private static final int HALF = 8;
  private static final int SIDE = 8;
  private static final Architecture TINY =
      Architectures.byName("resnet20_cifar_b")
          .with(
              arch ->
                  arch.name("tiny")
                      .input(3, SIDE, SIDE)
                      .classes(CLASSES)
                      .stemWidth(2)
                      .depths(1, 1)
                      .widths(2, 4));

  private static final JsonNode GOLDEN = golden();

  private static JsonNode golden() {
    try (InputStream in = PresetTest.class.getResourceAsStream("presets.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, "presets.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<String> presets() {
    return Recipes.all().stream().map(Recipe::name);
  }

  @Test
  void everyPresetHasAGolden() {
    TreeSet<String> names = new TreeSet<>();
    GOLDEN.get("presets").fieldNames().forEachRemaining(names::add);
    assertThat(Recipes.all()).extracting(Recipe::name).containsExactlyInAnyOrderElementsOf(names);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("presets")
  void aHundredStepsEqualPyTorchInDoublePrecision(String preset) {
    assertThat(differenceAfter(Recipes.byName(preset), DataType.DOUBLE))
        .isLessThan(GOLDEN.get("presets").get(preset).has("early") ? 1e-6 : 1e-8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("presets")
  void aHundredStepsOnTheEngineEqualPyTorch(String preset) {
    assertThat(differenceAfter(Recipes.byName(preset), DataType.FLOAT)).isLessThan(1e-4);
  }

  /** Returns the largest difference of a parameter, or of its average, to PyTorch's. */
  private static double differenceAfter(Recipe preset, DataType type) {
    JsonNode golden = GOLDEN.get("presets").get(preset.name());
    int batches = golden.get("stepsAnEpoch").intValue();
    ComputationGraph graph = graph(preset, batches, type);
    if (type == DataType.FLOAT) {
      graph = OneDnn.accelerate(graph, CompileOptions.training());
    }
    WeightAverage average = preset.average(batches);
    if (average != null) {
      graph.addListeners(average);
    }
    boolean isEarly = type == DataType.FLOAT && golden.has("early");
    for (int step = 0; step < (isEarly ? EARLY : STEPS); step++) {
      graph.getConfiguration().setEpochCount(step / batches);
      graph.fit(batch(preset, step, golden.get("draws").get(step), type));
    }
    double difference = difference(graph, golden.get(isEarly ? "early" : "after"));
    return average == null || isEarly
        ? difference
        : Math.max(
            difference, average.with(graph, mean -> difference(mean, golden.get("average"))));
  }

  private static ComputationGraph graph(Recipe preset, int batches, DataType type) {
    ComputationGraph graph =
        ResNetGraph.of(TINY)
            .updater(preset.updater(batches))
            .decay(preset.parameterDecay())
            .loss(preset.logitLoss())
            .dataType(type)
            .network();
    for (Map.Entry<String, JsonNode> entry : fields(GOLDEN.get("initial"))) {
      INDArray parameter = graph.getParam(entry.getKey());
      parameter.assign(vector(entry.getValue()).reshape('c', parameter.shape()).castTo(type));
    }
    return graph;
  }

  private static DataSet batch(Recipe preset, int step, JsonNode drawn, DataType type) {
    var half = NDArrayIndex.interval(step % 2 * HALF, step % 2 * HALF + HALF);
    INDArray images =
        vector(GOLDEN.get("images")).reshape('c', 2 * HALF, 3, SIDE, SIDE).get(half).dup('c');
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, HALF, CLASSES);
    for (int i = 0; i < HALF; i++) {
      labels.putScalar(i, GOLDEN.get("labels").get(step % 2 * HALF + i).intValue(), 1);
    }
    double share = 1;
    if (drawn.size() == 1) {
      share = drawn.get(0).doubleValue();
      images = images.mul(share).add(rolled(images).mul(1 - share));
    } else if (drawn.size() == 4) {
      var columns = interval(drawn.get(0), drawn.get(2));
      var rows = interval(drawn.get(1), drawn.get(3));
      double area = (columns.length() * rows.length()) / (double) (SIDE * SIDE);
      if (area > 0) {
        var box = new INDArrayIndex[] {NDArrayIndex.all(), NDArrayIndex.all(), rows, columns};
        images.put(box, rolled(images).get(box));
      }
      share = 1 - area;
    }
    INDArray mixed = labels.mul(share).add(rolled(labels).mul(1 - share));
    double smoothing = preset.regularization().labelSmoothing();
    mixed.muli(1 - smoothing).addi(smoothing / CLASSES);
    return new DataSet(images.castTo(type), mixed.castTo(type));
  }

  private static INDArrayIndex interval(JsonNode from, JsonNode to) {
    return NDArrayIndex.interval(from.intValue(), to.intValue());
  }

  /** Returns {@code torch.roll(array, 1, 0)}. */
  private static INDArray rolled(INDArray array) {
    return Nd4j.concat(
        0,
        array.get(NDArrayIndex.interval(HALF - 1, HALF)),
        array.get(NDArrayIndex.interval(0, HALF - 1)));
  }

  private static double difference(ComputationGraph graph, JsonNode expected) {
    double largest = 0;
    for (Map.Entry<String, JsonNode> entry : fields(expected)) {
      INDArray actual = graph.getParam(entry.getKey()).castTo(DataType.DOUBLE);
      INDArray values = vector(entry.getValue()).reshape('c', actual.shape());
      double difference = actual.sub(values).amaxNumber().doubleValue();
      largest = difference <= largest ? largest : difference; // keeps NaN
    }
    return largest;
  }

  private static Iterable<Map.Entry<String, JsonNode>> fields(JsonNode object) {
    return object::fields;
  }

  private static INDArray vector(JsonNode numbers) {
    return Nd4j.createFromArray(
        StreamSupport.stream(numbers.spliterator(), false)
            .mapToDouble(JsonNode::doubleValue)
            .toArray());
  }
}
