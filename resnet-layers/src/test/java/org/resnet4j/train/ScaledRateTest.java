package org.resnet4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.nd4j.linalg.schedule.ScheduleType.EPOCH;
import static org.nd4j.linalg.schedule.ScheduleType.ITERATION;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

class ScaledRateTest {
  private static final Schedule FALLING =
      new Schedule.Warmup(
          ITERATION, 4, 0.25, new Schedule.MultiStep(EPOCH, 0.4, List.of(1, 3), 0.1));

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new Sgd(0.3),
        new Sgd(FALLING),
        new Nesterovs(0.3, 0.8),
        new Nesterovs(FALLING, 0.8),
        new Adam(0.3, 0.8, 0.99, 1e-7),
        new Adam(FALLING),
        new RmsProp(0.3),
        new SgdMomentum(0.3, 0.8),
        new SgdMomentum(FALLING, 0.8));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void everyRateIsScaledByTheFactorBeforeAndAfterJson(IUpdater updater) throws IOException {
    IUpdater original = updater.clone();
    IUpdater scaled = ScaledRate.of(updater, 0.1);
    var mapper = NeuralNetConfiguration.mapper();
    IUpdater restored = mapper.readValue(mapper.writeValueAsString(scaled), IUpdater.class);

    assertThat(updater).isEqualTo(original);
    assertThat(restored).isEqualTo(scaled).isEqualTo(scaled.clone()).isNotEqualTo(updater);
    for (int iteration = 0; iteration < 8; iteration++) {
      for (int epoch = 0; epoch < 5; epoch++) {
        assertThat(restored.getLearningRate(iteration, epoch))
            .isEqualTo(0.1 * updater.getLearningRate(iteration, epoch));
      }
    }
  }

  @Test
  void constantRateStaysConstantAndOtherFieldsAreKept() {
    assertThat(ScaledRate.of(new Adam(0.5, 0.8, 0.99, 1e-7), 0.5))
        .isEqualTo(new Adam(0.25, 0.8, 0.99, 1e-7));
    assertThat(ScaledRate.of(new SgdMomentum(0.5, 0.8), 0.5)).isEqualTo(new SgdMomentum(0.25, 0.8));
  }

  @Test
  void zeroFactorAndUpdaterWithoutARateAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaledRate.of(new Sgd(1), 0))
        .withMessage("factor of a learning rate: expected more than 0 but was 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaledRate.of(new Sgd(1), Double.NaN))
        .withMessageEndingWith("but was NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ScaledRate.of(new NoOp(), 1))
        .withMessageContaining("expected an updater that has a rate");
  }
}
