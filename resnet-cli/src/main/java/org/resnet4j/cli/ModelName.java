package org.resnet4j.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model of a command that has no other arguments, with or without {@code --model}. */
final class ModelName implements Checked {
  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description =
          "Pretrained weights, architecture for its most accurate weights or those of --weights,"
              + " model zip, or folder of a run.")
  @Nullable String argument;

  @Option(names = "--model", paramLabel = "MODEL", description = "The same as the argument MODEL.")
  @Nullable String option;

  @Override
  public void check() {
    if (argument == null && option == null) {
      throw new IllegalArgumentException(
          "missing required parameter: MODEL, such as resnet50 or runs/photos");
    }
    if (argument != null && option != null && !argument.equals(option)) {
      throw new IllegalArgumentException(
          "--model: expected one model but there are two, %s and %s; leave out one"
              .formatted(argument, option));
    }
  }

  /** Returns the model. */
  String get() {
    return Objects.requireNonNull(argument == null ? option : argument);
  }
}
