package org.resnet4j.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A file of features that is written batch by batch, so that only one batch is in memory. */
interface FeatureRows extends Closeable {
  /** Appends {@code [n, …]}, the features of {@code files}. */
  void add(List<Path> files, INDArray batch) throws IOException;

  /** Completes the file and returns the shape of all features. */
  List<Long> finish() throws IOException;
}
