package org.resnet4j.benchmarks.peers;

import java.nio.file.Path;
import org.resnet4j.benchmarks.files.NetworkFiles;
import org.resnet4j.onednn.Precision;

/**
 * What a contender's process is told.
 *
 * @param seconds of measurement
 * @param threads that the contender may use
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

  /** The network in every form. */
  public NetworkFiles files() {
    return new NetworkFiles(Path.of(folder));
  }
}
