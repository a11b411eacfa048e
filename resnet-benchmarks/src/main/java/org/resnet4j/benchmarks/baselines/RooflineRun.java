package org.resnet4j.benchmarks.baselines;

import org.resnet4j.benchmarks.roofline.Primitives;
import org.resnet4j.benchmarks.roofline.Roofline;

/** Measures the primitive roofline: the sum of the fastest primitives. */
final class RooflineRun {
  private RooflineRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job -> {
          Roofline roofline = new Roofline(job.batch(), job.precision());
          double seconds =
              job.work() == Work.INFERENCE
                  ? roofline.inference(Networks.plan(job))
                  : roofline.training(Networks.plan(job));
          return Worker.measurement(
              job, Primitives.version(), "", new Stopwatch.Timing(seconds, 1));
        });
  }
}
