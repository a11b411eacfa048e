package org.resnet4j.onednn.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.resnet4j.onednn.update.Networks.batch;
import static org.resnet4j.onednn.update.Networks.stock;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.stepfunctions.NegativeDefaultStepFunction;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;
import org.resnet4j.onednn.update.Networks.Fused;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.SgdMomentum;

/** The fused updater has the update, state and parameters of Deeplearning4j's own. */
class FusedUpdaterTest {
  private static final ISchedule BY_ITERATION =
      new StepSchedule(ScheduleType.ITERATION, 0.05, 0.7, 20);
  private static final ISchedule BY_EPOCH =
      new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.05, 1, 0.02, 2, 0.01));

  /** Returns updaters with constant rates, without decay, and with schedules, with decay. */
  static Stream<Arguments> updaters() {
    ISchedule momentum = new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.5, 1, 0.9, 2, 0.8));
    return Stream.of(
        Arguments.of(new Sgd(0.05), false),
        Arguments.of(new Sgd(BY_ITERATION), true),
        Arguments.of(new SgdMomentum(0.02, 0.9), false),
        Arguments.of(new SgdMomentum(BY_EPOCH, 0.9), true),
        Arguments.of(new SgdMomentum(BY_EPOCH, 0.9).nesterov(), true),
        Arguments.of(new AdamW(0.01), false),
        Arguments.of(new AdamW(BY_ITERATION, 0.8, 0.99, 1e-6), true),
        Arguments.of(new Nesterovs(0.02, 0.9), false),
        Arguments.of(new Nesterovs(BY_EPOCH, momentum), true),
        Arguments.of(new Adam(0.01), false),
        Arguments.of(Adam.builder().learningRateSchedule(BY_ITERATION).build(), true),
        Arguments.of(new NoOp(), true));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void hundredStepsEqualDeeplearning4jBitForBit(IUpdater updater, boolean decay) {
    ComputationGraph stock =
        stock(updater, decay ? FusedUpdaterTest::decaying : UnaryOperator.identity());
    Fused fused = new Fused(stock, 1);
    for (int step = 0; step < 100; step++) {
      if (step == 40 || step == 70) {
        stock.incrementEpochCount();
        fused.incrementEpochCount();
      }
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isFalse();
    assertThat(fused.stepsInOnePass()).isTrue();
  }

  /** The tolerance holds for any natives of ND4J. */
  @ParameterizedTest
  @MethodSource("updaters")
  void oneUpdateDiffersFromDeeplearning4jByRoundingAtMost(IUpdater updater, boolean decay) {
    ComputationGraph stock =
        stock(updater, decay ? FusedUpdaterTest::decaying : UnaryOperator.identity());
    Fused fused = new Fused(stock, 1);
    fused.gradientOf(batch(0));
    stock.initGradientsView();
    stock.getFlattenedGradients().assign(fused.getFlattenedGradients());
    DefaultGradient same = new DefaultGradient(stock.getFlattenedGradients());
    stock.getUpdater().update(same, 9, 1, 8, LayerWorkspaceMgr.noWorkspaces());
    fused.updater().update(fused.gradient(), 9, 1, 8, LayerWorkspaceMgr.noWorkspaces());
    // Adam scales an element that is a rounding error to a significant one.
    double bound = updater instanceof Adam || updater instanceof AdamW ? 1e-3 : 1e-6;
    assertClose(fused.getFlattenedGradients(), stock.getFlattenedGradients(), bound);
    if (stock.getUpdater().getStateViewArray() != null) {
      assertClose(
          fused.getUpdater().getStateViewArray(), stock.getUpdater().getStateViewArray(), 1e-6);
    }
  }

  /** Adds L1, L2 and weight decay at once, constant and scheduled, for weights and for biases. */
  static NeuralNetConfiguration.Builder decaying(NeuralNetConfiguration.Builder builder) {
    return builder
        .regularization(
            List.of(
                new L1Regularization(1e-3),
                new L2Regularization(BY_EPOCH),
                new WeightDecay(0.05, true)))
        .regularizationBias(List.of(new L2Regularization(0.01), new WeightDecay(1e-3, false)));
  }

  @Test
  void gradientSumsAreNotDividedWithoutMinibatch() {
    ComputationGraph stock =
        stock(new SgdMomentum(0.001, 0.9), builder -> builder.miniBatch(false).l2(0.01));
    Fused fused = new Fused(stock, 1);
    for (int step = 0; step < 5; step++) {
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isFalse();
  }

  @Test
  void largeNetworkUpdatedByThreadsEqualsDeeplearning4j() {
    ComputationGraph stock = stock(new Nesterovs(0.01, 0.9), 12_000, builder -> builder.l2(0.01));
    Fused fused = new Fused(stock, 3);
    for (int step = 0; step < 3; step++) {
      fit(step, stock, fused);
    }
    assertThat(stock.numParams()).isGreaterThan(1_200_000);
    assertSame(fused, stock);
  }

  static Stream<Arguments> unsupported() {
    return Stream.of(
        setting("RmsProp", builder -> builder.updater(new RmsProp(0.01))),
        setting(
            "clipped gradients",
            builder ->
                builder
                    .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                    .gradientNormalizationThreshold(1e-3)),
        setting("double precision", builder -> builder.dataType(DataType.DOUBLE)));
  }

  private static Arguments setting(
      String name, UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    return Arguments.of(Named.of(name, changes));
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void unsupportedSettingsFallBackToTheUpdaterOfDeeplearning4j(
      UnaryOperator<NeuralNetConfiguration.Builder> changes) {
    ComputationGraph stock = stock(new Nesterovs(0.01, 0.9), changes);
    Fused fused = new Fused(stock, 1);
    for (int step = 0; step < 5; step++) {
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isTrue();
  }

  @Test
  @SuppressWarnings("deprecation") // a setting that old models may carry
  void unusualStepFunctionFallsBackToDeeplearning4j() {
    ComputationGraph stock =
        stock(new Sgd(0.01), builder -> builder.stepFunction(new NegativeDefaultStepFunction()));
    Fused fused = new Fused(stock, 1);
    for (int step = 0; step < 5; step++) {
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.stepsInOnePass()).isFalse();
  }

  @Test
  void savedModelContinuesInDeeplearning4jAndBack(@TempDir Path directory) throws IOException {
    ComputationGraph stock = stock(new Adam(0.01), FusedUpdaterTest::decaying);
    Fused fused = new Fused(stock, 1);
    fit(0, stock, fused);
    File file = directory.resolve("model.zip").toFile();
    ModelSerializer.writeModel(fused, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    Fused again = new Fused(restored, 1);
    for (int step = 1; step < 6; step++) {
      fit(step, stock, restored, again);
    }
    assertSame(restored, stock);
    assertSame(again, stock);
    assertThat(again.clone().getUpdater().getStateViewArray())
        .isEqualTo(stock.getUpdater().getStateViewArray());
  }

  @Test
  void aNewLearningRateKeepsTheFusedUpdaterAndItsState() {
    ComputationGraph stock = stock(new Adam(0.01), UnaryOperator.identity());
    Fused fused = new Fused(stock, 1);
    for (int step = 0; step < 6; step++) {
      if (step == 3) {
        stock.setLearningRate("dense", 0.003);
        fused.setLearningRate("dense", 0.003);
      }
      fit(step, stock, fused);
    }
    assertSame(fused, stock);
    assertThat(fused.fused().refused()).isFalse();
  }

  @Test
  void onlyFitChangesParameters() {
    Fused fused = new Fused(stock(new Adam(0.01), UnaryOperator.identity()), 1);
    INDArray before = fused.params().dup();
    fused.gradientOf(batch(0));
    fused.updater().update(fused.gradient(), 0, 0, 8, LayerWorkspaceMgr.noWorkspaces());
    assertThat(fused.params()).isEqualTo(before);
  }

  @Test
  void solverOfDeeplearning4jAcceptsTheFusedUpdater() {
    ComputationGraph stock = stock(new SgdMomentum(0.01, 0.9), FusedUpdaterTest::decaying);
    ComputationGraph other = stock.clone();
    other.setUpdater(new FusedUpdater(other, null, 1));
    for (int step = 0; step < 5; step++) {
      fit(step, stock, other);
    }
    assertSame(other, stock);
  }

  private static void fit(int step, ComputationGraph... graphs) {
    for (ComputationGraph graph : graphs) {
      graph.fit(batch(step));
    }
  }

  private static void assertSame(ComputationGraph actual, ComputationGraph expected) {
    assertBits(actual.gradient().gradient(), expected.gradient().gradient());
    assertBits(actual.params(), expected.params());
    INDArray state = expected.getUpdater().getStateViewArray();
    if (state == null) {
      assertThat(actual.getUpdater().getStateViewArray()).isNull();
    } else {
      assertBits(actual.getUpdater().getStateViewArray(), state);
    }
  }

  static void assertBits(INDArray actual, INDArray expected) {
    assumeThat(nativesFuse()).as("natives that fuse operations differ in last bits").isFalse();
    assertThat(Arrays.mismatch(actual.data().asDouble(), expected.data().asDouble())).isEqualTo(-1);
  }

  /** Compares arrays relative to the largest value. */
  private static void assertClose(INDArray actual, INDArray expected, double bound) {
    double largest = expected.amaxNumber().doubleValue();
    assertThat(actual.sub(expected).amaxNumber().doubleValue())
        .isLessThanOrEqualTo(bound * largest);
  }

  private static boolean nativesFuse() {
    float factor = 1 + 0x1p-12f;
    INDArray values = Nd4j.valueArrayOf(new long[] {64}, factor, DataType.FLOAT);
    INDArray sums = Nd4j.valueArrayOf(new long[] {64}, -factor * factor, DataType.FLOAT);
    Nd4j.exec(new Axpy(values, sums, sums, factor));
    return sums.getFloat(0) != 0;
  }
}
