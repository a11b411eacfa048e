package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.training.FineTune;
import org.resnet4j.training.Trainer;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.StageName;
import picocli.CommandLine.Option;

/** The options by which {@code train} starts from trained weights. */
final class FineTuneOptions implements Checked {
  @Option(
      names = "--weights",
      paramLabel = "NAME|FILE",
      description =
          "Fine-tune pretrained weights, a model zip, the folder of a run, or a file of weights for --model.")
  @Nullable String weights;

  @Option(
      names = "--freeze",
      paramLabel = "STAGE",
      description =
          "Keep the parameters up to this stage, STEM or C2 to C5 (default: C4, of four, with fewer than 1000 images).")
  @Nullable StageName freeze;

  @Option(
      names = "--head-epochs",
      paramLabel = "N",
      description = "Epochs that train the classifier alone, first (default: a fifth of them).")
  @Nullable Integer headEpochs;

  @Option(
      names = "--offline",
      description = "Do not download weights; fail if they are not in the cache.")
  boolean offline;

  @Override
  public void check() {
    Checked.atLeast(0, "--head-epochs", headEpochs);
  }

  /** Refuses weights that there are not, or options that fine-tuning alone has. */
  void check(@Nullable String architecture) {
    if (weights == null) {
      requireNone();
    } else if (architecture == null) {
      new WeightOptions().check(weights);
    }
  }

  /** Returns a trainer that starts from {@code --weights}, or without them from initial weights. */
  Trainer trainer(@Nullable String architecture, @Nullable InputSize input, PrintWriter err)
      throws IOException {
    if (weights == null) {
      return Trainer.usual();
    }
    Model opened = model(weights, architecture, err);
    return FineTune.of(
        input == null ? opened : opened.resized(input.of(opened.pipeline().output())));
  }

  /** Sets what is given; a run that is resumed must have it already. */
  void apply(Trainer trainer) {
    if (freeze != null) {
      trainer.freezeThrough(freeze);
    }
    if (headEpochs != null) {
      trainer.headEpochs(headEpochs);
    }
  }

  private Model model(String named, @Nullable String architecture, PrintWriter err)
      throws IOException {
    if (architecture != null) {
      return WeightOptions.told(
          Models.open(
              Path.of(named), LoadOptions.of(architecture).tolerate(Tolerance.OTHER_CLASSES)),
          err);
    }
    WeightOptions options = new WeightOptions();
    options.offline = offline;
    return options.open(named, arch -> arch, err);
  }

  private void requireNone() {
    if (freeze != null || headEpochs != null) {
      throw new IllegalArgumentException(
          "%s: expected --weights, which training starts from; name them, or leave it out"
              .formatted(freeze != null ? "--freeze" : "--head-epochs"));
    }
  }
}
