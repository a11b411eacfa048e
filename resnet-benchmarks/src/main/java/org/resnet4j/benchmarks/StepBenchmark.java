package org.resnet4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
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
import org.openjdk.jmh.infra.Blackhole;
import org.resnet4j.zoo.Models;

/**
 * Measures the time of one batch through a network on Deeplearning4j's layers, forward and in
 * training.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 4)
@Fork(1)
public class StepBenchmark {
  @Param({"cifar3stage", "resnet20_cifar"})
  String model;

  @Param({"1", "128"})
  int batch;

  private ComputationGraph network;
  private DataSet data;

  @Setup
  public void prepare() {
    network = Models.create(model).network();
    INDArray labels = Nd4j.zeros(batch, 10);
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % 10, 1);
    }
    data = new DataSet(Nd4j.rand(batch, 3, 32, 32), labels);
  }

  @Benchmark
  public void forward(Blackhole result) {
    result.consume(network.outputSingle(data.getFeatures()));
  }

  @Benchmark
  public void train() {
    network.fit(data);
  }
}
