package org.resnet4j.training;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.resnet4j.report.Metrics;
import org.resnet4j.report.TensorBoardEvents;
import org.resnet4j.run.RunRecord;
import org.resnet4j.support.AtomicFile;

/**
 * The files of a run. {@code model.zip} is the network of the best epoch. {@code last.zip} is that
 * of the last epoch and exists only if another epoch is the best.
 *
 * <p>Both are complete checkpoints. Each is replaced atomically, and {@code last.zip} is deleted
 * only when {@code model.zip} is newer. The folder of a killed process therefore holds the last
 * whole epoch, in the one that has more epochs.
 */
record RunFolder(Path folder) {
  static final String REPORT = "report.html";

  private static final String LAST = "last.zip";
  private static final String METRICS = "metrics.csv";

  /** Returns a new folder: the first of NAME, NAME-2, … in {@code runs} that is not there yet. */
  static Path next(Path runs, String name) throws IOException {
    AtomicFile.createFolder(runs);
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // It belongs to another run, perhaps of a concurrent process.
      }
    }
  }

  Path model() {
    return folder.resolve(Training.MODEL);
  }

  private Path last() {
    return folder.resolve(LAST);
  }

  private Path record() {
    return folder.resolve(Training.RECORD);
  }

  boolean hasModel() {
    return Files.exists(model()) || Files.exists(last());
  }

  /** Returns the checkpoint of the last epoch. */
  Path latest() throws IOException {
    if (!Files.exists(last())) {
      return model();
    }
    if (!Files.exists(model())) {
      throw new NoSuchFileException(
          model().toString(),
          null,
          "expected the network of the best epoch beside "
              + LAST
              + " but there is none; restore it, or choose another folder");
    }
    RunRecord best = Checkpoint.record(model());
    RunRecord latest = Checkpoint.record(last());
    if (!best.started().equals(latest.started())) {
      throw new IOException(
          "%s: expected an epoch of the run in %s, started %s, but its run was started %s; remove one of the files"
              .formatted(last(), Training.MODEL, best.started(), latest.started()));
    }
    return best.epochs().size() > latest.epochs().size() ? model() : last();
  }

  /**
   * Returns the record after the last whole epoch. If the run was to be continued for more epochs,
   * its setup says so before the first of them is done.
   */
  Optional<RunRecord> resumable() throws IOException {
    if (!hasModel()) {
      return Files.exists(record()) ? Optional.of(RunRecord.read(record())) : Optional.empty();
    }
    RunRecord checkpoint = Checkpoint.record(latest());
    return Optional.of(wanted(checkpoint).orElse(checkpoint));
  }

  /** Returns the record in {@code run.json} if it is of the same epoch of the same run. */
  private Optional<RunRecord> wanted(RunRecord checkpoint) {
    try {
      return Optional.of(RunRecord.read(record()))
          .filter(written -> written.started().equals(checkpoint.started()))
          .filter(written -> written.epochs().equals(checkpoint.epochs()));
    } catch (IOException e) {
      // The checkpoint alone is needed to resume.
      return Optional.empty();
    }
  }

  /** Deletes the unfinished files of a killed process; no other may be at work in the folder. */
  void removeUnfinished() throws IOException {
    try (DirectoryStream<Path> unfinished =
        Files.newDirectoryStream(folder, ".{model.zip,last.zip,run.json}.*.tmp")) {
      for (Path file : unfinished) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Writes the record of a run before its first epoch; that of an older run with a model stays. */
  void started(RunRecord run) throws IOException {
    if (!run.epochs().isEmpty() || !hasModel()) {
      run.write(record());
    }
  }

  /** Writes all files after an epoch. Those of another run are removed after its first. */
  void write(TrainedNetwork trained, RunRecord run) throws IOException {
    if (run.epochs().size() == 1) {
      // On a full disk, all files of the other run stay.
      Checkpoint.write(model(), trained, run, this::clear);
    } else if (run.isLastBest()) {
      Checkpoint.write(model(), trained, run);
      Files.deleteIfExists(last());
    } else {
      Checkpoint.write(last(), trained, run);
    }
    run.write(record());
    extend(folder.resolve(METRICS), Metrics.csv(run).getBytes(StandardCharsets.UTF_8));
    extend(folder.resolve(TensorBoardEvents.fileName(run)), TensorBoardEvents.of(run));
  }

  /** Deletes what another run left. Its model stays until it is replaced. */
  private void clear() throws IOException {
    Files.deleteIfExists(last());
    for (Path old : List.of(folder.resolve(REPORT), folder.resolve(METRICS))) {
      // What a link leads to is replaced, and the link stays.
      if (!Files.isSymbolicLink(old)) {
        Files.deleteIfExists(old);
      }
    }
    try (DirectoryStream<Path> events =
        Files.newDirectoryStream(folder, "events.out.tfevents.*.resnet4j")) {
      for (Path file : events) {
        Files.delete(file);
      }
    }
  }

  /**
   * Appends what is new to a file that starts as {@code whole} does, so that its readers need not
   * open it again; another file is replaced. What a killed process began to append is completed.
   */
  private static void extend(Path file, byte[] whole) throws IOException {
    byte[] before = new byte[0];
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        before = in.readNBytes(whole.length + 1);
      }
    }
    int shared = before.length;
    if (shared == 0
        || shared > whole.length
        || !Arrays.equals(before, 0, shared, whole, 0, shared)) {
      AtomicFile.write(file, temporary -> Files.write(temporary, whole));
    } else {
      Files.write(file, Arrays.copyOfRange(whole, shared, whole.length), StandardOpenOption.APPEND);
    }
  }
}
