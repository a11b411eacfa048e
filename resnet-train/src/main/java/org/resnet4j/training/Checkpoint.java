package org.resnet4j.training;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.model.ModelFile;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.resnet4j.run.Tuning;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.train.WeightAverage;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Provenance;

/**
 * A Deeplearning4j zip with the updater's state and the {@link RunRecord} as one more entry. If
 * parameters are averaged, the network has the averages, and those that training goes on with are
 * an entry too. It is written atomically, so a killed process leaves either the old epoch or the
 * new one.
 */
public final class Checkpoint {
  /** The entry of the parameters as trained, if those of the network are averages. */
  private static final String TRAINED = "trained.bin";

  private Checkpoint() {}

  /** A step between the writing of a file and its renaming. */
  interface Step {
    void run() throws IOException;
  }

  static void write(Path file, TrainedNetwork trained, RunRecord record) throws IOException {
    write(file, trained, record, () -> {});
  }

  /** Writes a checkpoint and takes a step after all of it is written, before it gets its name. */
  static void write(Path file, TrainedNetwork trained, RunRecord record, Step beforeRenaming)
      throws IOException {
    Map<String, INDArray> own =
        trained.average() == null ? Map.of() : Map.of(TRAINED, trained.graph().params().dup());
    AtomicFile.write(
        file,
        temporary -> {
          trained.asKept(
              graph -> {
                ModelFile.write(
                    temporary,
                    graph,
                    ModelFile.Updater.KEEP,
                    model(file.toString(), graph, record).zipEntries(),
                    own);
                return temporary;
              });
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

  /** Returns the network as it is kept, with averaged parameters if there are any. */
  static ComputationGraph graph(Path file) throws IOException {
    return ModelFile.read(file, ModelFile.Updater.KEEP);
  }

  /**
   * Returns the network after its last epoch, ready to continue.
   *
   * @param average of the same run, which continues; null for none
   */
  static ComputationGraph trained(Path file, @Nullable WeightAverage average) throws IOException {
    ComputationGraph graph = graph(file);
    if (average != null) {
      INDArray own = ModelFile.array(file, TRAINED, graph.numParams());
      average.continueFrom(graph.params(), graph.getIterationCount());
      graph.params().assign(own.reshape(graph.params().shape()));
    }
    return graph;
  }
}
