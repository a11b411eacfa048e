package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import picocli.CommandLine.Option;

/** The options for the folder of a run, its seed and its beginning. */
final class RunOptions implements Checked {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of weights, order and augmentation (default: 42).")
  @Nullable Long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for results (default: runs/MODEL-DATA).")
  @Nullable Path out;

  @Option(
      names = "--resume",
      description =
          "Continue the run in --out after its last whole epoch, with its settings; with --epochs,"
              + " for more epochs than before.")
  boolean resume;

  @Option(names = "--overwrite", description = "Replace the model in --out after the first epoch.")
  boolean overwrite;

  @Override
  public void check() {
    if (resume && out == null) {
      throw new IllegalArgumentException(
          "--resume: expected --out DIR, the folder with the model.zip of the run");
    }
    if (resume && overwrite) {
      throw new IllegalArgumentException(
          "--overwrite: expected no --resume beside it; leave out one of the two");
    }
  }

  /** Returns a trainer that continues the run in {@code --out}. */
  Trainer resumed() throws IOException {
    return Trainer.resume(Objects.requireNonNull(out));
  }

  /** Sets what is given. */
  void apply(Trainer trainer) {
    if (seed != null) {
      trainer.seed(seed);
    }
    if (overwrite) {
      trainer.start(Training.Start.OVERWRITE);
    }
  }

  /** Trains in {@code --out}, or in the usual folder. */
  Training.Result run(Trainer trainer) throws IOException {
    return out == null ? trainer.run() : trainer.run(out);
  }
}
