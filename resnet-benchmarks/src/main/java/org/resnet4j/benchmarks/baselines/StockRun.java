package org.resnet4j.benchmarks.baselines;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.run.Environment;

/** Runs stock Deeplearning4j: its own layers on ND4J. */
final class StockRun {
  private StockRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job -> {
          ComputationGraph network = Networks.network(job);
          Stopwatch watch = Stopwatch.of(job.seconds());
          Stopwatch.Timing timing;
          if (job.work() == Work.INFERENCE) {
            INDArray images = Networks.images(job, job.batch());
            timing = watch.time(() -> network.outputSingle(images));
          } else {
            DataSet batch = Networks.batch(job);
            timing = watch.time(() -> network.fit(batch));
          }
          String program = "Deeplearning4j " + Environment.here().deeplearning4j();
          return Worker.measurement(job, program, "", timing);
        });
  }
}
