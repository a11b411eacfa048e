package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.model.ModelFile;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Provenance;

/**
 * A Deeplearning4j zip with the updater's state and the {@link RunRecord} as one more entry. It is
 * written atomically, so a killed process leaves either the old epoch or the new one.
 */
public final class Checkpoint {
  private Checkpoint() {}

  /** A step between the writing of a file and its renaming. */
  interface Step {
    void run() throws IOException;
  }

  static void write(Path file, ComputationGraph graph, RunRecord record) throws IOException {
    write(file, graph, record, () -> {});
  }

  /** Writes a checkpoint and takes a step after all of it is written, before it gets its name. */
  static void write(Path file, ComputationGraph graph, RunRecord record, Step beforeRenaming)
      throws IOException {
    AtomicFile.write(
        file,
        temporary -> {
          ModelFile.write(
              temporary,
              graph,
              ModelFile.Updater.KEEP,
              model(file.toString(), graph, record).zipEntries());
          beforeRenaming.run();
        });
  }

  /** Returns the network of a run with its pipeline, classes and provenance. */
  static Model model(String name, ComputationGraph graph, RunRecord record) {
    RunSetup setup = record.setup();
    Tuning tuning = setup.tuning();
    Provenance from = tuning == null ? Provenance.NONE : tuning.provenance();
    return new Model(
        name,
        setup.architecture(),
        graph,
        setup.pipeline(),
        ClassNames.of(setup.classes()),
        from.trained(record.toJson()));
  }

  /**
   * Returns the record of the run that trained the model in {@code file}.
   *
   * @throws NoSuchFileException when the file has no record
   */
  public static RunRecord record(Path file) throws IOException {
    return findRecord(file)
        .orElseThrow(
            () ->
                new NoSuchFileException(
                    file.toString(),
                    Provenance.RUN_ENTRY,
                    "expected a checkpoint of resnet4j but there is no "
                        + Provenance.RUN_ENTRY
                        + " in it"));
  }

  /** Returns the record of the run that trained the model in {@code file}, if it has one. */
  static Optional<RunRecord> findRecord(Path file) throws IOException {
    Optional<byte[]> json = ModelFile.entry(file, Provenance.RUN_ENTRY, Provenance.MOST_RUN_BYTES);
    if (json.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(RunRecord.parse(file + ": " + Provenance.RUN_ENTRY, json.orElseThrow()));
  }

  /** Returns the network after its last epoch, ready to continue. */
  static ComputationGraph graph(Path file) throws IOException {
    return ModelFile.read(file, ModelFile.Updater.KEEP);
  }
}
