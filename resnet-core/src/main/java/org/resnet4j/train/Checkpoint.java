package org.resnet4j.train;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A plain Deeplearning4j zip with the updater's state, and {@link RunRecord} as one entry more. One
 * file, so that a killed process leaves either the old epoch or the new one, never half of each.
 */
final class Checkpoint {
  private static final String RECORD = "resnet4j-run.json";

  private Checkpoint() {}

  static void write(Path file, ComputationGraph graph, RunRecord record) throws IOException {
    AtomicFile.write(
        file,
        temporary -> {
          ModelSerializer.writeModel(graph, temporary.toFile(), true);
          try (FileSystem zip = FileSystems.newFileSystem(temporary, Map.of())) {
            Files.writeString(zip.getPath(RECORD), record.toJson());
          }
        });
  }

  /**
   * What made the model in {@code file}.
   *
   * @throws NoSuchFileException when it was not written here
   */
  static RunRecord record(Path file) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(file, Map.of())) {
      Path entry = zip.getPath(RECORD);
      if (!Files.exists(entry)) {
        throw new NoSuchFileException(
            file.toString(),
            RECORD,
            "expected a checkpoint of resnet4j but there is no " + RECORD + " in it");
      }
      return RunRecord.read(entry);
    }
  }

  /** The network as it was after its last epoch, ready to go on. */
  static ComputationGraph graph(Path file) throws IOException {
    return ModelSerializer.restoreComputationGraph(file.toFile(), true);
  }
}
