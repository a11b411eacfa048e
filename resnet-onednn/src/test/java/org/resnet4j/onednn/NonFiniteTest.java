package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.train.Accelerated;

/**
 * The engine gives NaN or Inf where stock Deeplearning4j does, or refuses: no finite output comes
 * from NaN or Inf in parameters, pixels or sums.
 */
class NonFiniteTest {
  private static final float[] VALUES = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };
  private static final int IMAGES = 2;
  private static final int SIDE = 16;

  /** A stock network, and the engine on the same parameters. */
  private record Pair(String name, ComputationGraph stock, ComputationGraph fast) {
    static Pair of(String name, ComputationGraph stock) {
      return new Pair(name, stock, OneDnn.accelerate(stock));
    }
  }

  private static final List<Pair> PAIRS =
      List.of(
          Pair.of("plain", network("resnet20_cifar_b")),
          Pair.of("pre-activation", network("resnet18_v2")),
          Pair.of(
              "grouped",
              network(
                  "resnext50_32x4d", arch -> arch.groups(2).baseWidth(64).depths(1).widths(16))),
          Pair.of(
              "squeeze-and-excitation", network("seresnet18", arch -> arch.depths(1).widths(16))),
          Pair.of("without norms", withoutNorms()));

  private static ComputationGraph network(String name) {
    return network(name, arch -> arch);
  }

  private static ComputationGraph network(String name, UnaryOperator<ArchitectureBuilder> change) {
    Architecture architecture =
        Architectures.byName(name)
            .with(
                next ->
                    change.apply(
                        next.input(3, SIDE, SIDE)
                            .classes(Samples.CLASSES)
                            .stemWidth(16)
                            .depths(1, 1)
                            .widths(16, 32)));
    return Samples.network(ResNetGraph.of(architecture).configuration(), 1);
  }

  private static ComputationGraph withoutNorms() {
    return Samples.network(
        Samples.chain(
            InputType.convolutional(SIDE, SIDE, 3),
            new ConvolutionLayer.Builder(3, 3).nOut(16).activation(Activation.RELU).build(),
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX, new int[] {2, 2})
                .build(),
            new ConvolutionLayer.Builder(3, 3).nOut(16).build(),
            new ActivationLayer(Activation.RELU6),
            new DenseLayer.Builder().nOut(20).activation(Activation.SIGMOID).build(),
            new DenseLayer.Builder().nOut(20).activation(Activation.TANH).build()),
        3);
  }

  @TestFactory
  Stream<DynamicTest> nanOrInfInAParameterReachesTheOutputOrIsRefused() {
    return PAIRS.stream()
        .flatMap(
            pair ->
                pair.stock.paramTable().keySet().stream()
                    .map(
                        parameter ->
                            dynamicTest(
                                pair.name + " " + parameter, () -> parameter(pair, parameter))));
  }

  private static void parameter(Pair network, String name) {
    INDArray values = network.stock.getParam(name);
    INDArray before = values.dup();
    for (float value : VALUES) {
      long middle = values.length() / 2;
      long last = values.length() - 1;
      for (long place : Float.isNaN(value) ? new long[] {middle, last} : new long[] {middle}) {
        values.putScalar(place, value);
        compareAndRestore(network, value + " at " + place, values, before);
      }
    }
    if (name.endsWith("_var")) {
      values.putScalar(values.length() - 1, -1);
      compareAndRestore(network, "negative", values, before);
    }
  }

  /** Compares, then restores a parameter even if the comparison fails: other cases share it. */
  private static void compareAndRestore(
      Pair network, String what, INDArray values, INDArray before) {
    try {
      compare(network, what);
    } finally {
      values.assign(before);
    }
  }

  /** Compares a compiled copy, the shared parameters, and training. */
  private static void compare(Pair pair, String what) {
    ComputationGraph network = pair.stock;
    INDArray images = Samples.images(1, IMAGES, 3, SIDE, SIDE);
    INDArray expected = network.outputSingle(images);
    ComputationGraph fast = pair.fast;
    if (NonFinite.first(expected) >= 0) {
      assertThat(NonFinite.first(fast.outputSingle(images))).as(what).isNotNegative();
      refusesOrShows(network, images, what);
    }
    DataSet batch = new DataSet(images, Samples.labels(2, IMAGES, Samples.CLASSES));
    ComputationGraph stock = network.clone();
    double loss = score(fast, batch);
    // If the loss is finite, NaN in stock's gradients may come from factors that overflow.
    if (!Double.isFinite(score(stock, batch))) {
      assertThat(Double.isFinite(loss)).as(what).isFalse();
      assertThat(NonFinite.first(fast.gradient().gradient())).as(what).isNotNegative();
    }
  }

  private static void refusesOrShows(ComputationGraph network, INDArray images, String what) {
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      assertThat(NonFinite.first(compiled.output(images))).as(what).isNotNegative();
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("expected finite numbers but there is");
    }
  }

  private static double score(ComputationGraph network, DataSet batch) {
    network.setInputs(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    return network.score();
  }

  @TestFactory
  Stream<DynamicTest> nanOrInfPixelsAreRefusedInInferenceAndReachTheLossInTraining() {
    return PAIRS.stream().map(pair -> dynamicTest(pair.name, () -> pixels(pair)));
  }

  private static void pixels(Pair pair) {
    ComputationGraph network = pair.stock;
    ComputationGraph fast = pair.fast;
    INDArray images = Samples.images(1, IMAGES, 3, SIDE, SIDE);
    try (CompiledNetwork compiled =
        OneDnn.compile(network, CompileOptions.inference().precision(Precision.FP32))) {
      for (float value : VALUES) {
        for (int[] place : List.of(new int[] {0, 0, 0, 0}, new int[] {1, 2, 15, 7})) {
          INDArray bad = images.dup();
          bad.putScalar(place, value);
          for (Consumer<INDArray> pass :
              List.<Consumer<INDArray>>of(compiled::output, fast::outputSingle)) {
            assertThatIllegalArgumentException()
                .isThrownBy(() -> pass.accept(bad))
                .withMessage(
                    "image %d: expected finite numbers but there is %s at [%d, %d, %d]; check how"
                        + " images are read and normalised",
                    place[0], value, place[1], place[2], place[3]);
          }
          DataSet batch = new DataSet(bad, Samples.labels(2, IMAGES, Samples.CLASSES));
          if (!Double.isFinite(score(network.clone(), batch))) {
            assertThat(score(fast, batch)).as(value + " in training").isNaN();
          }
        }
      }
      assertThat(NonFinite.first(compiled.output(images))).isNegative();
    }
  }

  /** The weights are finite but the sums overflow; a ReLU may turn NaN into a number. */
  @TestFactory
  Stream<DynamicTest> overflowingSumsReachTheOutputOrAreRefused() {
    return PAIRS.stream()
        .flatMap(
            pair ->
                pair.stock.paramTable().keySet().stream()
                    .filter(name -> name.endsWith("_W"))
                    .map(name -> dynamicTest(pair.name + " " + name, () -> overflow(pair, name))));
  }

  private static void overflow(Pair pair, String name) {
    INDArray values = pair.stock.getParam(name);
    INDArray before = values.dup();
    values.muli(1e38);
    compareAndRestore(pair, "overflow", values, before);
  }

  /** The check is in the step that makes the parameters NaN, whose loss is finite. */
  @TestFactory
  Stream<DynamicTest> nanOrInfInParametersOrUpdaterStateIsDetectedInEveryStep() {
    return Stream.of(new Nesterovs(0.1, 0.9), new Adam(0.1), new AdaDelta())
        .map(
            updater ->
                dynamicTest(
                    updater.getClass().getSimpleName(),
                    () -> {
                      ComputationGraph network =
                          Samples.network(
                              Samples.chain(
                                  Samples.base().updater(updater).graphBuilder(),
                                  InputType.feedForward(7),
                                  new DenseLayer.Builder().nOut(9).build()),
                              1);
                      ComputationGraph fast = OneDnn.accelerate(network);
                      DataSet batch = Samples.batch(1, Samples.CLASSES, 4, 7);
                      boolean fused = !(updater instanceof AdaDelta);
                      fast.fit(batch);
                      assertThat(((Accelerated) fast).isFinite()).isEqualTo(fused);
                      for (int place : new int[] {0, 100}) {
                        INDArray before = fast.params().dup();
                        fast.setListeners(new BrokenGradient(place));
                        fast.fit(batch);
                        assertThat(fast.score()).isFinite();
                        assertThat(((Accelerated) fast).isFinite()).isFalse();
                        fast.setListeners(List.of());
                        fast.params().assign(before);
                        fast.getUpdater(true).getStateViewArray().assign(0);
                        fast.fit(batch);
                        assertThat(((Accelerated) fast).isFinite()).isEqualTo(fused);
                      }
                    }));
  }

  private static final class BrokenGradient extends BaseTrainingListener {
    private final int place;

    BrokenGradient(int place) {
      this.place = place;
    }

    @Override
    public void onBackwardPass(Model model) {
      ((ComputationGraph) model).getFlattenedGradients().putScalar(place, Float.NaN);
    }
  }

  @Test
  void nanInParametersOrFeaturesIsFound() {
    INDArray ones = Nd4j.ones(3, 5);
    INDArray broken = Nd4j.ones(3, 5).putScalar(2, 4, Float.NaN);

    assertThat(Engine.isAnyNonFinite(ones, ones, ones)).isFalse();
    assertThat(Engine.isAnyNonFinite(broken, ones)).isTrue();
    assertThat(Engine.isAnyNonFinite(ones, ones, broken)).isTrue();
  }

  @Test
  void networkWithNanIsRefusedWithTheParameterName() {
    ComputationGraph network = network("resnet20_cifar_b");
    network.getParam("stage1.block0.conv1_W").putScalar(new int[] {3, 2, 1, 0}, Float.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OneDnn.compile(network, CompileOptions.inference()))
        .withMessage(
            "the parameter stage1.block0.conv1_W: expected finite numbers but there is NaN at [3,"
                + " 2, 1, 0]; load other weights, or train with a lower learning rate");
  }
}
