package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.resnet4j.train.ParameterDecay.Scope;

/**
 * Trajectories of 100 steps with schedule, weight decay and clipping equal PyTorch's. The goldens
 * are made by {@code src/test/python/optimiser_golden.py}; both sides compute in double precision.
 */
class OptimiserTest {
  private static final double BOUND = 1e-8;
  private static final double MAX_NORM = 0.1;

  static final IUpdater NESTEROV =
      new SgdMomentum(new Schedule.Polynomial(ITERATION, 0.1, 0.9, 0, 100), 0.9).nesterov();

  private static final IUpdater ADAMW =
      new AdamW(
          new Schedule.OneCycle(ITERATION, 0.02, 100, 0.3, 25, 1e4, Schedule.Annealing.COSINE));

  static Stream<Arguments> optimisers() {
    ISchedule stepped = new Schedule.Step(ITERATION, 0.1, 30, 0.1);
    ISchedule exponential = new Schedule.Exponential(ITERATION, 0.02, 0.98);
    ISchedule warmed =
        new Schedule.Warmup(
            ITERATION, 10, 0.1, new Schedule.Cosine(ITERATION, 0.05, 1e-3, 10, 100));
    ISchedule squared = new Schedule.Polynomial(ITERATION, 1, 2, 0, 100);
    return Stream.of(
        optimiser("nesterov", NESTEROV, ParameterDecay.coupled(5e-3, Scope.WEIGHTS)),
        optimiser(
            "sgdDecayingAll",
            new SgdMomentum(stepped, 0.9),
            ParameterDecay.coupled(5e-2, Scope.ALL)),
        optimiser("adamw", ADAMW, ParameterDecay.decoupled(0.3, Scope.WEIGHTS)),
        optimiser(
            "adamwDecayingAll",
            new AdamW(exponential, 0.8, 0.99, 1e-6),
            ParameterDecay.decoupled(0.3, Scope.ALL)),
        optimiser(
            "lamb", new AdamW(warmed, 0.9, 0.999, 1e-6), ParameterDecay.lamb(0.02, Scope.WEIGHTS)),
        optimiser(
            "lars", new SgdMomentum(squared, 0.9), ParameterDecay.lars(1e-2, 0.02, Scope.WEIGHTS)),
        optimiser("muon", NESTEROV, ParameterDecay.muon(0.05, Scope.WEIGHTS)),
        optimiser(
            "muonDecayingAll",
            new SgdMomentum(new Schedule.Step(ITERATION, 0.05, 30, 0.1), 0.6).nesterov(),
            ParameterDecay.muon(0.3, Scope.ALL)));
  }

  private static Arguments optimiser(String name, IUpdater updater, ParameterDecay decay) {
    return Arguments.of(name, new TinyNetwork(updater, decay));
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void hundredStepsEqualPyTorch(String name, TinyNetwork network) throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.DOUBLE);
    JsonNode golden = data.golden().get("runs").get(name);
    ComputationGraph graph = network.graph(DataType.DOUBLE, data);
    graph.addListeners(new GradientClipping(MAX_NORM));
    for (int step = 1; step <= 100; step++) {
      graph.fit(data.batch(step));
      JsonNode expected = golden.get("after").get(Integer.toString(step));
      if (expected != null) {
        assertThat(TinyNetwork.difference(graph, expected)).as("step %s", step).isLessThan(BOUND);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void savedModelContinuesTrainingBitForBit(
      String name, TinyNetwork network, @TempDir Path directory) throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.FLOAT);
    ComputationGraph graph = network.graph(DataType.FLOAT, data);
    for (int step = 1; step <= 5; step++) {
      graph.fit(data.batch(step));
    }
    File file = directory.resolve(name + ".zip").toFile();
    ModelSerializer.writeModel(graph, file, true);
    ComputationGraph restored = ModelSerializer.restoreComputationGraph(file, true);
    for (int step = 6; step <= 10; step++) {
      graph.fit(data.batch(step));
      restored.fit(data.batch(step));
    }
    assertThat(restored.getConfiguration()).isEqualTo(graph.getConfiguration());
    assertThat(restored.params()).isEqualTo(graph.params());
    assertThat(restored.getUpdater().getStateViewArray())
        .isEqualTo(graph.getUpdater().getStateViewArray());
  }

  @Test
  void clippingLeavesShortGradientsAndBatchNormStatisticsUnchanged() throws IOException {
    TinyNetwork.Data data = TinyNetwork.data(DataType.DOUBLE);
    TinyNetwork network = new TinyNetwork(NESTEROV, ParameterDecay.NONE);
    ComputationGraph free = network.graph(DataType.DOUBLE, data);
    ComputationGraph loose = network.graph(DataType.DOUBLE, data);
    ComputationGraph tight = network.graph(DataType.DOUBLE, data);
    loose.addListeners(new GradientClipping(1e3));
    tight.addListeners(new GradientClipping(1e-3));
    INDArray before = tight.params().dup();
    for (ComputationGraph graph : new ComputationGraph[] {free, loose, tight}) {
      graph.fit(data.batch(1));
    }
    assertThat(loose.params()).isEqualTo(free.params());
    assertThat(tight.getParam("norm_mean")).isEqualTo(free.getParam("norm_mean"));
    INDArray change = tight.params().sub(before);
    double squares = change.norm2Number().doubleValue();
    for (String statistic : new String[] {"norm_mean", "norm_var"}) {
      double of =
          free.getParam(statistic)
              .sub(statistic.endsWith("var") ? 1 : 0)
              .norm2Number()
              .doubleValue();
      squares = Math.sqrt(squares * squares - of * of);
    }
    // The first step of Nesterov's momentum is 1.9 × 0.1 × the gradient.
    assertThat(squares).isCloseTo(1.9e-4, within(1e-9));
  }

  @Test
  void updatersSupportEqualsAndClone() {
    IUpdater adam = new AdamW(new Schedule.Step(ITERATION, 0.1, 30, 0.1), 0.8, 0.99, 1e-6);
    assertThat(adam.clone()).isEqualTo(adam).isNotSameAs(adam).hasSameHashCodeAs(adam);
    assertThat(adam).isNotEqualTo(new AdamW(0.1)).hasToString(adam.clone().toString());
    assertThat(new SgdMomentum(0.1, 0.9).nesterov()).isNotEqualTo(new SgdMomentum(0.1, 0.9));
    assertThat(NESTEROV.clone()).isEqualTo(NESTEROV);
  }

  @Test
  void oldZipsOfSgdWithMomentumHaveNoNesterov() throws IOException {
    IUpdater read =
        NeuralNetConfiguration.mapper()
            .readValue(
                "{\"@class\":\"org.resnet4j.train.SgdMomentum\",\"learningRate\":0.1,\"learningRateSchedule\":null,\"momentum\":0.9}",
                IUpdater.class);
    assertThat(read).isEqualTo(new SgdMomentum(0.1, 0.9));
  }

  @Test
  void badOptionsAreRefused() {
    Map<Runnable, String> refused =
        Map.of(
            () -> new AdamW(new Schedule.Step(ITERATION, 1, 1, 1), 1, 0.9, 1e-8),
            "beta1 of AdamW: expected a value in [0, 1) but was 1.0",
            () -> new AdamW(new Schedule.Step(ITERATION, 1, 1, 1), 0.9, 0.9, 0),
            "epsilon of AdamW: expected more than 0 but was 0.0",
            () -> new GradientClipping(0),
            "norm that gradients are clipped to: expected more than 0 but was 0.0",
            () -> new LambScaling(-1),
            "weight decay of LAMB: expected 0 or more but was -1.0");
    refused.forEach(
        (construction, message) ->
            assertThatThrownBy(construction::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message));
  }
}
