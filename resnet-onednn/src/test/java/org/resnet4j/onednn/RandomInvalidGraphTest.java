package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;

/**
 * Random graphs and inputs, two of three with mistakes, give the results of stock Deeplearning4j in
 * inference and training, and graphs that stock refuses are refused in Java. The tolerance is that
 * of {@link RandomGraphTest}.
 */
class RandomInvalidGraphTest {
  private static final Oracle.Tolerance TOLERANCE = new Oracle.Tolerance(1e-3, 1e-2);
  private static final CompileOptions OPTIONS =
      CompileOptions.inference().precision(Precision.FP32);

  /** The numbers of calls, of inference and of training, by outcome. */
  private static final class Tally {
    int equal;
    int refusedByBoth;
    int refusedByEngine;
    final List<String> broken = new ArrayList<>();

    @Override
    public String toString() {
      return equal
          + " equal, "
          + refusedByBoth
          + " refused by both, "
          + refusedByEngine
          + " by the engine alone, "
          + broken.size()
          + " broken";
    }
  }

  @Test
  void randomGraphEqualsStockDeeplearning4jOrIsRefused() {
    check(IntStream.range(0, 150));
  }

  @Tag("slow")
  @Test
  void everyOfManyRandomGraphsEqualsStockDeeplearning4jOrIsRefused() {
    check(IntStream.range(150, 5_000));
  }

  private static void check(IntStream seeds) {
    Tally tally = new Tally();
    seeds.forEach(seed -> check(seed, tally));
    System.out.println("Any graph: " + tally);
    assertThat(tally.broken).as("%s", tally).isEmpty();
    int calls = tally.equal + tally.refusedByBoth + tally.refusedByEngine;
    // Otherwise an engine that refuses too much would pass.
    assertThat(tally.equal).as("%s", tally).isGreaterThan(calls * 2 / 5);
    assertThat(tally.refusedByBoth).as("%s", tally).isGreaterThan(calls / 10);
    assertThat(tally.refusedByEngine).as("%s", tally).isLessThan(calls / 5);
  }

  private static void check(int seed, Tally tally) {
    RandomWiring.Sample sample;
    try {
      sample = new RandomVertices(seed).sample();
    } catch (RuntimeException e) {
      return; // no graph to begin with
    }
    long batch = sample.inputs()[0].size(0);
    MultiDataSet data =
        new MultiDataSet(
            sample.inputs(), new INDArray[] {Samples.labels(seed, (int) batch, Samples.CLASSES)});
    compare(
        "seed " + seed + ", inference",
        tally,
        () -> Oracle.exact(sample.network()).output(Oracle.doubles(sample.inputs())),
        () -> {
          try (CompiledNetwork compiled = OneDnn.compile(sample.network(), OPTIONS)) {
            compiled.outputs(sample.inputs());
          }
        },
        () -> Oracle.inference(sample.network(), TOLERANCE, sample.inputs()));
    compare(
        "seed " + seed + ", training",
        tally,
        () -> step(Oracle.exactTrainer(sample.network()), true, data),
        () -> step(OneDnn.accelerate(sample.network()), false, data),
        () -> Oracle.training(sample.network(), TOLERANCE, data));
  }

  private static void step(ComputationGraph network, boolean exact, MultiDataSet data) {
    network.setInputs(exact ? Oracle.doubles(data.getFeatures()) : data.getFeatures());
    network.setLabels(exact ? Oracle.doubles(data.getLabels()) : data.getLabels());
    network.computeGradientAndScore();
  }

  private static void compare(
      String what, Tally tally, Runnable stock, Runnable engine, Runnable both) {
    Throwable ofStock = thrown(stock);
    Throwable ofEngine = thrown(engine);
    if (ofEngine != null) {
      if (!(ofEngine instanceof IllegalArgumentException)) {
        tally.broken.add(what + ": refused by " + ofEngine);
      } else if (ofStock == null) {
        tally.refusedByEngine++;
      } else {
        tally.refusedByBoth++;
      }
    } else if (ofStock != null) {
      tally.broken.add(what + ": answered, but stock refuses: " + ofStock);
    } else {
      Throwable difference = thrown(both);
      if (difference == null) {
        tally.equal++;
      } else {
        tally.broken.add(what + ": " + difference);
      }
    }
  }

  private static @Nullable Throwable thrown(Runnable work) {
    try {
      work.run();
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
  }
}
