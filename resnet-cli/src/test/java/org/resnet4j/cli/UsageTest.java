package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Wrong usage is explained in one line; every command has help with examples that parse. */
class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "trian => unknown command \"trian\"; did you mean train?; see ./resnet --help",
        "nosuch => unknown command \"nosuch\"; see ./resnet --help",
        "weights fech => unknown command \"fech\"; did you mean fetch?; see ./resnet weights --help",
        "help trian => unknown command \"trian\"; did you mean train?; see ./resnet --help",
        "train --epoch 3 => unknown option --epoch; did you mean --epochs?; see ./resnet train --help",
        "train --zzz=3 => unknown option --zzz; see ./resnet train --help",
        "list resnet50 => unexpected argument \"resnet50\"; see ./resnet list --help",
        "train --epochs many => --epochs: expected a whole number but was 'many'; see ./resnet train --help",
        "train --lr fast => --lr: expected a number but was 'fast'; see ./resnet train --help",
        "train --epochs => missing required parameter for option '--epochs' (N); see ./resnet train --help",
        "summary => missing required parameter: 'NAME'; see ./resnet summary --help",
        "classify x.jpg => missing required option: '--model=NAME|FILE'; see ./resnet classify --help",
        "summary resnet18 --shortcut x => --shortcut: expected one of [A, B, C] (case-insensitive) but was 'x'; see ./resnet summary --help",
        "summary resnet18 --depths 3,x => --depths: expected a whole number but was 'x'; see ./resnet summary --help",
        "summary resnet18 --input 224x224x3 => --input: expected a side such as 224, height and width such as 224x160, or channels, height and width such as 3x224x160 but was '224x224x3'; channels come first: 3x224x224; see ./resnet summary --help",
      })
  void wrongUsageIsOneLineThatNamesTheHelp(String line, String expected) {
    CommandResult answer = resnet(line.split(" ", -1));

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip()).isEqualTo("resnet: " + expected);
  }

  @Test
  void noArgumentsPrintTheCommands() {
    CommandResult answer = resnet();

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err()).startsWith("Usage: resnet").contains("train", "./resnet help COMMAND");
  }

  @ParameterizedTest
  @CsvSource({
    "help, resnet",
    "help train, resnet train",
    "help weights fetch, resnet weights fetch"
  })
  void helpOfACommandIsPrinted(String arguments, String name) {
    CommandResult answer = resnet(arguments.split(" ", -1));

    assertThat(answer.status()).isZero();
    assertThat(answer.err()).isEmpty();
    assertThat(answer.out()).startsWith("Usage: " + name + " [").contains("--help");
  }

  static Stream<CommandSpec> commands() {
    return all(Main.commandLine()).skip(1).map(CommandLine::getCommandSpec);
  }

  private static Stream<CommandLine> all(CommandLine line) {
    return Stream.concat(
        Stream.of(line), line.getSubcommands().values().stream().flatMap(UsageTest::all));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasTwoOrThreeExamplesThatParse(CommandSpec command) {
    String name = command.qualifiedName().substring("resnet ".length());
    List<String> examples = Objects.requireNonNull(Examples.OF.get(name), name);

    assertThat(examples)
        .hasSizeBetween(2, 3)
        .allMatch(example -> example.startsWith(name.split(" ", -1)[0]));
    for (String example : examples) {
      assertThat(Main.commandLine().parseArgs(example.split(" ", -1)).errors()).isEmpty();
      assertThat(command.commandLine().getUsageMessage()).contains("\n  ./resnet " + example);
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void descriptionsAreSentences(CommandSpec command) {
    for (String sentence : command.usageMessage().description()) {
      assertThat(sentence).matches("[A-Z].*\\.");
    }
    for (ArgSpec argument : command.args()) {
      assertThat(String.join(" ", argument.description()))
          .as(argument.toString())
          .matches("[A-Z].*[.)]");
    }
  }
}
