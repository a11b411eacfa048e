package org.resnet4j.cli;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** A command, or the options of one, whose values are checked before anything is done. */
interface Checked {
  /**
   * Refuses values that are wrong on any machine and with any files.
   *
   * @throws IllegalArgumentException which becomes a message about usage
   */
  void check();

  /** Checks a command and its options. */
  static void check(CommandSpec command) {
    all(command)
        .map(CommandSpec::userObject)
        .filter(Checked.class::isInstance)
        .forEach(options -> ((Checked) options).check());
  }

  private static Stream<CommandSpec> all(CommandSpec spec) {
    return Stream.concat(spec.mixins().values().stream().flatMap(Checked::all), Stream.of(spec));
  }

  /** Refuses a value below {@code least}. */
  static void atLeast(int least, String option, @Nullable Integer value) {
    if (value != null && value < least) {
      throw new IllegalArgumentException(
          "%s: expected at least %s but was %s".formatted(option, least, value));
    }
  }

  /** Refuses a value that is not in [0, 1). */
  static void probability(String option, @Nullable Double value) {
    if (value != null && !(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(
          "%s: expected a value in [0, 1) but was %s".formatted(option, value));
    }
  }

  /** Refuses a value that is not above 0 and at most 1. */
  static void positiveUpToOne(String option, @Nullable Double value) {
    if (value != null && !(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          "%s: expected a value above 0 and at most 1 but was %s".formatted(option, value));
    }
  }
}
