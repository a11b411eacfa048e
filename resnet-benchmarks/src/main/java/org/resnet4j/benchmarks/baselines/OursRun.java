package org.resnet4j.benchmarks.baselines;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.resnet4j.benchmarks.roofline.Primitives;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/** Runs this project's engine. */
final class OursRun {
  private OursRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job ->
            Worker.measurement(
                job,
                "resnet4j on " + Primitives.version(),
                "",
                job.work() == Work.INFERENCE ? inference(job) : training(job)));
  }

  private static Stopwatch.Timing inference(Job job) throws Exception {
    CompileOptions options = CompileOptions.inference().sharingParameters();
    if (job.precision() == Precision.INT8) {
      options = options.int8(job.files().int8Ranges());
    }
    try (CompiledNetwork network =
        OneDnn.compile(Networks.network(job), options.precision(job.precision()))) {
      Networks.check(job, network.output(Networks.knownImages(job)));
      INDArray images = Networks.images(job, job.batch());
      return Stopwatch.of(job.seconds()).time(() -> network.output(images));
    }
  }

  private static Stopwatch.Timing training(Job job) throws Exception {
    ComputationGraph network =
        OneDnn.accelerate(
            Networks.network(job), CompileOptions.training().precision(job.precision()));
    Networks.check(job, network.outputSingle(Networks.knownImages(job)));
    DataSet batch = Networks.batch(job);
    Stopwatch.Timing timing = Stopwatch.of(job.seconds()).time(() -> network.fit(batch));
    if (!Double.isFinite(network.score())) {
      throw new IllegalStateException("loss: expected a finite number but was " + network.score());
    }
    return timing;
  }
}
