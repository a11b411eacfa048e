package org.resnet4j.benchmarks.peers;

import org.resnet4j.benchmarks.bound.Bound;
import org.resnet4j.benchmarks.bound.Primitives;

/** Measures the primitive roofline: the sum of the fastest primitives. */
final class BoundRun {
  private BoundRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job -> {
          Bound bound = new Bound(job.batch(), job.precision());
          double seconds =
              job.work() == Work.INFERENCE
                  ? bound.inference(Networks.plan(job))
                  : bound.training(Networks.plan(job));
          return Worker.measurement(
              job, Primitives.version(), "", new Stopwatch.Timing(seconds, 1));
        });
  }
}
