package org.resnet4j.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.HeldOut;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.training.Trainer;
import picocli.CommandLine.Option;

/** The options for the images that {@code train} trains on. */
final class DataOptions implements Checked {
  @Option(
      names = "--data",
      paramLabel = "DIR|NAME[:DIR]",
      completionCandidates = DataOption.Names.class,
      description = DataOption.HELP)
  @Nullable String data;

  @Option(
      names = "--val",
      paramLabel = "SHARE",
      description =
          "Share of every class that is kept for the test: of images without splits (default:"
              + " 0.2), or of a named dataset's training images.")
  @Nullable Double val;

  @Option(
      names = "--skip-unreadable",
      description = "Leave out images that cannot be read, and list them in run.json.")
  boolean skipUnreadable;

  @Override
  public void check() {
    Dataset given = data == null ? null : DataOption.dataset(data);
    if (val != null) {
      (given == null ? Dataset.folder(Path.of("")) : given).split(val, HeldOut.USUAL.seed());
    }
  }

  /** Sets what is given. */
  void apply(Trainer trainer) {
    if (data != null) {
      trainer.on(DataOption.dataset(data));
    }
    if (val != null) {
      trainer.on(trainer.data().split(val, HeldOut.USUAL.seed()));
    }
    if (skipUnreadable) {
      trainer.skipUnreadable();
    }
  }

  /** Returns the value of {@code --data} for the data of {@code trainer}, as the user writes it. */
  String words(Trainer trainer) {
    if (data != null) {
      return data;
    }
    String whole = trainer.data().toString();
    String place = whole.replaceFirst("^(folder|list):", "");
    return isSame(place, whole) ? place : whole;
  }

  private static boolean isSame(String words, String whole) {
    try {
      return Dataset.of(words).toString().equals(whole);
    } catch (IllegalArgumentException e) {
      return false; // it is no longer there
    }
  }
}
