package org.resnet4j.benchmarks.baselines;

import java.nio.file.Path;
import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.onednn.Precision;

/**
 * The task of an engine's process.
 *
 * @param seconds of measurement
 * @param threads that the engine may use
 * @param folder of {@link NetworkFiles}
 */
public record Job(
    Work work,
    String model,
    int batch,
    Precision precision,
    double seconds,
    int threads,
    String folder) {

  /** Returns the files of the network. */
  public NetworkFiles files() {
    return new NetworkFiles(Path.of(folder));
  }
}
