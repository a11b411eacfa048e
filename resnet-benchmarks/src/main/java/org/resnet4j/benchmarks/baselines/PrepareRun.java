package org.resnet4j.benchmarks.baselines;

import org.resnet4j.benchmarks.files.NetworkFiles;

/** Writes the {@link NetworkFiles} of a job; it measures nothing. */
final class PrepareRun {
  private static final int IMAGES = 2;

  private PrepareRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job -> {
          NetworkFiles files = job.files();
          files.write(Networks.plan(job), Networks.network(job), Networks.images(job, IMAGES));
          return new Measurement("files", "", 0, 0, Worker.peakMegabytes());
        });
  }
}
