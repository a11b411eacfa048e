package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;

/** A command starts with what it needs, and no more. */
class MainTest {
  @Test
  void aNamedCommandComesAlone() {
    assertThat(Main.commandLine("train", "--help").getSubcommands()).containsOnlyKeys("train");
    assertThat(Main.commandLine("help", "train").getSubcommands())
        .containsKeys("train", "classify", "help");
  }

  @ParameterizedTest
  @MethodSource("org.resnet4j.cli.UsageTest#commands")
  void nativesAreLoadedAheadForCommandsWithAnEngine(CommandSpec command) {
    String name = command.qualifiedName().substring("resnet ".length());
    boolean engine = command.findOption("--engine") != null;

    assertThat(Main.computes(name.split(" ", -1))).isEqualTo(engine);
    assertThat(Main.computes(name, "--help")).isFalse();
  }
}
