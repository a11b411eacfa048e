package org.resnet4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.resnet4j.train.SgdMomentum;

/** Measures the time from a gradient to the changed parameters, all in one array. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class UpdaterBenchmark {
  /** The update rule. */
  public enum Rule {
    HEAVY_BALL,
    NESTEROV,
    ADAM;

    IUpdater updater() {
      return switch (this) {
        case HEAVY_BALL -> new SgdMomentum(0.01, 0.9);
        case NESTEROV -> new Nesterovs(0.01, 0.9);
        case ADAM -> new Adam(0.001);
      };
    }
  }

  @Param Rule rule;

  /** The number of parameters: ResNet-20's and ResNet-50's. */
  @Param({"269722", "25557032"})
  int parameters;

  private INDArray values;
  private INDArray gradient;
  private INDArray step;
  private GradientUpdater<?> updater;

  @Setup
  public void prepare() {
    values = Nd4j.rand(1, parameters);
    gradient = Nd4j.rand(1, parameters);
    step = Nd4j.create(1, parameters);
    IUpdater how = rule.updater();
    updater = how.instantiate(Nd4j.create(1, how.stateSize(parameters)), true);
  }

  /**
   * Updates the parameters. The updater overwrites the gradient, so it is copied first, as each
   * training step writes it anew.
   */
  @Benchmark
  public INDArray update() {
    step.assign(gradient);
    updater.applyUpdater(step, 0, 0);
    return values.subi(step);
  }
}
