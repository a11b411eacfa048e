package org.resnet4j.benchmarks.baselines;

import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.onednn.Precision;

/** Writes the {@link NetworkFiles} of a job that do not exist; it measures nothing. */
final class PrepareRun {
  private static final int IMAGES = 2;

  /** Images that ranges are measured on; they include those with known logits. */
  private static final int CALIBRATION = 8;

  private PrepareRun() {}

  public static void main(String[] arguments) throws Exception {
    Worker.main(
        arguments,
        job -> {
          NetworkFiles files = job.files();
          if (!files.exist()) {
            files.write(Networks.plan(job), Networks.network(job), Networks.images(job, IMAGES));
          }
          if (job.precision() == Precision.INT8) {
            files.writeInt8(
                Networks.plan(job), Networks.network(job), Networks.images(job, CALIBRATION));
          }
          return new Measurement("files", "", 0, 0, Worker.peakMegabytes());
        });
  }
}
