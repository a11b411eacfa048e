package org.resnet4j.training;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.run.RunRecord;

/**
 * Measures the first steps of a training and of an evaluation.
 *
 * @param seconds of one measurement; at least three batches are computed
 * @param nanoseconds a clock
 */
record Trial(double seconds, LongSupplier nanoseconds) {
  /** The batches for which programs are compiled and classes loaded. */
  private static final int WARM_UP = 2;

  private static final int LEAST = 3;
  private static final double NANOS = 1e9;

  /** Work on a batch. */
  interface Work {
    void on(DataSet batch);
  }

  /**
   * Returns the forecast of a run.
   *
   * @param record of the run before its first epoch
   * @param network before its first step, and before the engine
   * @param tuner null if the run starts from initial weights
   * @param scratch folder for a checkpoint, which is deleted
   */
  Forecast of(
      RunRecord record,
      TrainedNetwork network,
      @Nullable Tuner tuner,
      UnaryOperator<ComputationGraph> engine,
      EpochBatches training,
      EpochBatches test,
      Path scratch)
      throws IOException {
    int epochs = record.setup().recipe().epochs();
    int alone = tuner == null ? 0 : Math.min(epochs, tuner.tuning().headEpochs());
    List<Forecast.Phase> phases = new ArrayList<>();
    ComputationGraph graph = engine.apply(network.graph());
    if (alone > 0) {
      phases.add(new Forecast.Phase(alone, step(graph, training)));
    }
    if (alone < epochs) {
      if (alone > 0) {
        graph = engine.apply(Objects.requireNonNull(tuner).next(graph, training.batches()));
      }
      phases.add(new Forecast.Phase(epochs - alone, step(graph, training)));
    }
    double testSeconds = test(graph, test);
    Path file = scratch.resolve(Training.MODEL);
    long before = nanoseconds.getAsLong();
    Checkpoint.write(file, new TrainedNetwork(graph, network.average()), record);
    double checkpointSeconds = (nanoseconds.getAsLong() - before) / NANOS;
    long bytes = Files.size(file);
    Files.delete(file);
    long resident = mostResident();
    System.gc();
    return new Forecast(
        record.setup(),
        phases,
        training.batches(),
        testSeconds,
        resident,
        resident - touchedHeap(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
        bytes,
        checkpointSeconds);
  }

  /** Returns the most bytes that the process had resident; those of now where no peak is known. */
  static long mostResident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    }
    return Pointer.physicalBytes();
  }

  /**
   * Returns the bytes of Java's heap that were ever in use: what it reserves beyond is not
   * resident.
   */
  private static long touchedHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  /**
   * Returns the mean seconds of a training step. The last batch of an epoch, which may be smaller,
   * is computed too, so that its memory is in use afterwards.
   */
  private double step(ComputationGraph graph, EpochBatches training) {
    double mean = mean(training, graph::fit);
    DataSet whole = training.epoch(0).next();
    int rest = training.examples() % whole.numExamples();
    if (rest > 0) {
      graph.fit((DataSet) whole.getRange(0, rest));
    }
    return mean;
  }

  /** Returns the seconds of an evaluation on all of {@code test}. */
  private double test(ComputationGraph graph, EpochBatches test) {
    return test.batches() * mean(test, batch -> graph.outputSingle(batch.getFeatures()));
  }

  /** Returns the mean seconds of {@code work} on a batch, after the warm-up. */
  double mean(EpochBatches batches, Work work) {
    Iterator<DataSet> next = batches.endless();
    long start = 0;
    for (int done = 0; ; done++) {
      if (done == WARM_UP) {
        start = nanoseconds.getAsLong();
      }
      int measured = done - WARM_UP;
      double elapsed = (nanoseconds.getAsLong() - start) / NANOS;
      if (measured >= LEAST && elapsed >= seconds) {
        return elapsed / measured;
      }
      work.on(next.next());
    }
  }
}
