package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help;

/**
 * The pages of {@code docs/cli} end with the help of their commands; {@code mvn test -pl resnet-cli
 * -am -Daccept=true -Dtest=CommandPagesTest -Dsurefire.failIfNoSpecifiedTests=false} renews it.
 */
class CommandPagesTest {
  private static final Path DOCS = Path.of("../docs");
  private static final String HELP = "\n## Help\n";
  private static final String TABLE = "| command | what it does |\n|---|---|\n";

  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().entrySet().stream()
        .filter(command -> !command.getValue().getCommandSpec().helpCommand())
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void thePageOfACommandEndsWithItsHelp(String command) throws IOException {
    Path file = DOCS.resolve("cli/" + command + ".md");
    String page = Files.readString(file);
    assertThat(page).startsWith("# ./resnet " + command + "\n").contains(HELP);
    String renewed = page.substring(0, page.indexOf(HELP)) + HELP + help(command);

    if (Boolean.getBoolean("accept")) {
      Files.writeString(file, renewed);
    } else {
      assertThat(page).isEqualTo(renewed);
    }
  }

  @Test
  void theOverviewListsEachCommandWithItsDescription() throws IOException {
    Path file = DOCS.resolve("cli.md");
    String page = Files.readString(file);
    int start = page.indexOf(TABLE) + TABLE.length();
    int end = page.indexOf("\n\n", start);
    String table = commands().map(CommandPagesTest::overview).collect(Collectors.joining("\n"));

    if (Boolean.getBoolean("accept")) {
      Files.writeString(file, page.substring(0, start) + table + page.substring(end));
    } else {
      assertThat(page.substring(start, end)).isEqualTo(table);
    }
  }

  private static String overview(String command) {
    String description =
        String.join(" ", line(command).getCommandSpec().usageMessage().description());
    return "| [`%s`](cli/%s.md) | %s |".formatted(command, command, description);
  }

  @Test
  void helpIsThatOfTheCommandAndOfItsSubcommands() {
    assertThat(help("weights"))
        .contains("Usage: resnet weights ", "Usage: resnet weights fetch ", "--plain-http");
  }

  private static CommandLine line(String command) {
    return Objects.requireNonNull(Main.commandLine().getSubcommands().get(command), command);
  }

  private static String help(String command) {
    CommandLine line = line(command);
    List<CommandLine> lines = new ArrayList<>(List.of(line));
    lines.addAll(line.getSubcommands().values());
    StringBuilder help = new StringBuilder();
    for (CommandLine each : lines) {
      String usage = each.setUsageHelpWidth(100).getUsageMessage(Help.Ansi.OFF).strip();
      help.append("\n```\n").append(usage).append("\n```\n");
    }
    return help.toString();
  }
}
