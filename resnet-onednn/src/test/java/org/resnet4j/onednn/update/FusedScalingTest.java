package org.resnet4j.onednn.update;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ScheduleType;
import org.resnet4j.train.AdamW;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.ParameterDecay.Scope;
import org.resnet4j.train.Schedule;
import org.resnet4j.train.SgdMomentum;

/** The fused LAMB, LARS and Muon have the parameters of those on Deeplearning4j's updater. */
class FusedScalingTest {
  /**
   * The ε is large: a batch norm follows another, so the gradients of the first are rounding
   * errors, which a small ε would amplify.
   */
  static Stream<Arguments> optimisers() {
    Schedule rate = new Schedule.Polynomial(ScheduleType.ITERATION, 0.02, 1, 0, 40);
    return Stream.of(
        Arguments.of(new AdamW(rate, 0.9, 0.999, 1e-3), ParameterDecay.lamb(0.02, Scope.WEIGHTS)),
        Arguments.of(new SgdMomentum(rate, 0.9), ParameterDecay.lars(0.01, 0.02, Scope.WEIGHTS)),
        Arguments.of(
            new SgdMomentum(rate, 0.9).nesterov(), ParameterDecay.muon(0.1, Scope.WEIGHTS)));
  }

  /** The tolerance is for norms, which ND4J sums in single precision. */
  @ParameterizedTest
  @MethodSource("optimisers")
  void thirtyStepsEqualThoseOfDeeplearning4j(IUpdater updater, ParameterDecay decay) {
    ComputationGraph stock = Networks.stock(updater, UnaryOperator.identity());
    decay.applyTo(stock.getConfiguration());
    Networks.Fused fused = new Networks.Fused(stock, 1);
    for (int step = 0; step < 30; step++) {
      stock.fit(Networks.batch(step));
      fused.fit(Networks.batch(step));
    }
    assertThat(fused.fused().refused()).isFalse();
    INDArray difference = fused.params().sub(stock.params());
    assertThat(difference.amaxNumber().doubleValue()).isLessThan(1e-5);
  }

  @ParameterizedTest
  @MethodSource("optimisers")
  void resultDoesNotDependOnTheNumberOfThreads(IUpdater updater, ParameterDecay decay) {
    ComputationGraph stock = Networks.stock(updater, 12_000, UnaryOperator.identity());
    decay.applyTo(stock.getConfiguration());
    Networks.Fused one = new Networks.Fused(stock, 1);
    Networks.Fused three = new Networks.Fused(stock, 3);
    for (int step = 0; step < 2; step++) {
      one.fit(Networks.batch(step));
      three.fit(Networks.batch(step));
    }
    assertThat(three.params()).isEqualTo(one.params()).isNotEqualTo(stock.params());
    assertThat(three.getUpdater().getStateViewArray())
        .isEqualTo(one.getUpdater().getStateViewArray());
  }
}
