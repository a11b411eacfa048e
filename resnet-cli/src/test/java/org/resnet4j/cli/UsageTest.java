package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
        "weights fech => unknown command \"fech\"; did you mean fetch?; see ./resnet weights"
            + " --help",
        "help trian => unknown command \"trian\"; did you mean train?; see ./resnet --help",
        "train --epoch 3 => unknown option --epoch; did you mean --epochs?; see ./resnet train"
            + " --help",
        "train --zzz=3 => unknown option --zzz; see ./resnet train --help",
        "list resnet50 => unexpected argument \"resnet50\"; see ./resnet list --help",
        "train --epochs many => --epochs: expected a whole number but was 'many'; see ./resnet"
            + " train --help",
        "train --lr fast => --lr: expected a number but was 'fast'; see ./resnet train --help",
        "train --epochs => missing required parameter for option '--epochs' (N); see ./resnet train"
            + " --help",
        "summary => missing required parameter: 'NAME'; see ./resnet summary --help",
        "classify x.jpg => missing required option: '--model=NAME|FILE'; see ./resnet classify"
            + " --help",
        "summary resnet18 --shortcut x => --shortcut: expected one of [A, B, C, NONE] (case-insensitive)"
            + " but was 'x'; see ./resnet summary --help",
        "summary resnet18 --depths 3,x => --depths: expected a whole number but was 'x'; see"
            + " ./resnet summary --help",
        "summary resnet18 --input 224x224x3 => --input: expected a side such as 224, height and"
            + " width such as 224x160, or channels, height and width such as 3x224x160 but was"
            + " '224x224x3'; channels come first: 3x224x224; see ./resnet summary --help",
      })
  void wrongUsageIsOneLineThatNamesTheHelp(String line, String expected) {
    CommandResult answer = resnet(line.split(" ", -1));

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip()).isEqualTo("resnet: " + expected);
  }

  /** The arguments with which each command would run, if its files were there. */
  private static final Map<String, String> ARGUMENTS =
      Map.ofEntries(
          Map.entry("summary", "resnet18"),
          Map.entry("evaluate", "resnet18 --data mnist"),
          Map.entry("predict", "resnet18 --input x.npy --output y.npy"),
          Map.entry("classify", "x.jpg --model resnet18"),
          Map.entry("features", "x.jpg --model resnet18 --output y.npy"),
          Map.entry("weights fetch", "resnet18"),
          Map.entry("convert", "resnet18.tv_in1k_v1 --to y.onnx"),
          Map.entry("verify", "resnet18"),
          Map.entry("datasets fetch", "mnist"));

  /** A value of each option that is wrong on any machine and with any files. */
  private static final Map<String, List<String>> WRONG =
      Map.ofEntries(
          Map.entry("--activation", List.of("x")),
          Map.entry("--anti-aliasing", List.of("x")),
          Map.entry("--attention", List.of("x")),
          Map.entry("--balance", List.of("x")),
          Map.entry("--base-width", List.of("0", "x")),
          Map.entry("--batch", List.of("0", "-1", "x")),
          Map.entry("--class-weight", List.of("cat", "cat=-1", "cat=NaN")),
          Map.entry("--classes", List.of("0", "x")),
          Map.entry("--data", List.of("photoz", "nosuch/photos", "folder:")),
          Map.entry("--depths", List.of("0", "1,x")),
          Map.entry("--downsampling", List.of("x")),
          Map.entry("--drop-block", List.of("1", "-0.1", "NaN")),
          Map.entry("--dropout", List.of("1", "-0.1", "NaN")),
          Map.entry("--engine", List.of("x")),
          Map.entry("--epochs", List.of("0", "x")),
          Map.entry("--epsilon", List.of("0", "-1", "NaN")),
          Map.entry("--evaluate-every", List.of("-1", "x")),
          Map.entry("--fit", List.of("squash", "crop:0", "pad:red")),
          Map.entry("--freeze", List.of("C9")),
          Map.entry("--from", List.of("ftp://host/")),
          Map.entry("--from-naming", List.of("x")),
          Map.entry("--groups", List.of("0", "x")),
          Map.entry("--head", List.of("x")),
          Map.entry("--head-epochs", List.of("-1", "x")),
          Map.entry("--highest", List.of("0", "x")),
          Map.entry("--head-pooling", List.of("x")),
          Map.entry("--images", List.of("0", "x")),
          Map.entry("--images-per-class", List.of("-1", "x")),
          Map.entry("--input", List.of("0", "224x", "x")),
          Map.entry("--interpolation", List.of("x")),
          Map.entry("--layout", List.of("x")),
          Map.entry("--lowest", List.of("0", "10", "NaN")),
          Map.entry("--lr", List.of("0", "-1", "NaN", "x")),
          Map.entry("--mean", List.of("1,2", "x", "NaN")),
          Map.entry("--model", List.of("resnet51")),
          Map.entry("--momentum", List.of("1", "-1", "NaN")),
          Map.entry("--naming", List.of("x")),
          Map.entry("--norm", List.of("x")),
          Map.entry("--norm-groups", List.of("0", "x")),
          Map.entry("--norm-momentum", List.of("0", "1.1", "NaN")),
          Map.entry("--order", List.of("gbr")),
          Map.entry("--output", List.of("y.txt")),
          Map.entry("--output-stride", List.of("0", "-8", "12", "x")),
          Map.entry("--patience", List.of("-1", "x")),
          Map.entry("--plot", List.of("y.txt")),
          Map.entry("--precision", List.of("x")),
          Map.entry("--projection", List.of("x")),
          Map.entry("--recipe", List.of("papercifar")),
          Map.entry("--seed", List.of("x")),
          Map.entry("--shortcut", List.of("x")),
          Map.entry("--stats", List.of("imagenett")),
          Map.entry("--std", List.of("1")), // without --mean
          Map.entry("--stem", List.of("x")),
          Map.entry("--stem-width", List.of("0", "x")),
          Map.entry("--steps", List.of("1", "x")),
          Map.entry("--strides", List.of("0", "1,x")),
          Map.entry("--to", List.of("y.txt")),
          Map.entry("--top", List.of("0", "x")),
          Map.entry("--val", List.of("0", "1", "NaN", "x")),
          Map.entry("--weight-decay", List.of("1", "-1", "NaN")),
          Map.entry("--widths", List.of("0", "1,x")));

  /** The options of which the files or the model decide whether a value is right. */
  private static final Set<String> OF_FILES =
      Set.of("--at", "--key", "--labels", "--out", "--weights");

  /** The options of a command that take any path, though those of the name do not elsewhere. */
  private static final Set<String> PATHS = Set.of("predict --input", "predict --output");

  static Stream<String> wrongValues() {
    return commands()
        .flatMap(
            command ->
                command.options().stream()
                    .filter(option -> option.arity().max() > 0)
                    .map(option -> name(command) + " " + option.longestName()))
        .filter(option -> !PATHS.contains(option))
        .filter(option -> !OF_FILES.contains(option.substring(option.lastIndexOf(' ') + 1)))
        .flatMap(
            option ->
                WRONG
                    .getOrDefault(
                        option.substring(option.lastIndexOf(' ') + 1), List.of("no value known"))
                    .stream()
                    .map(value -> option + "=" + value));
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName().substring("resnet ".length());
  }

  /** A bad value of any option of any command is found before anything is read or downloaded. */
  @ParameterizedTest
  @MethodSource("wrongValues")
  void wrongValuesOfOptionsAreUsageErrors(String option) {
    int space = option.lastIndexOf(" --");
    String command = option.substring(0, space);
    String name = option.substring(space + 1, option.indexOf('='));
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    List<String> usual = List.of(ARGUMENTS.getOrDefault(command, "").split(" ", -1));
    for (int i = 0; i < usual.size(); i++) {
      boolean isReplaced = usual.get(i).equals(name);
      if (!isReplaced && !usual.get(i).isEmpty()) {
        arguments.add(usual.get(i));
      }
      i += isReplaced ? 1 : 0;
    }
    boolean isModel = arguments.remove(name.equals("--model") ? "resnet18" : "");
    assertThat(isModel).isEqualTo(name.equals("--model") && usual.get(0).equals("resnet18"));
    arguments.add(option.substring(space + 1));

    CommandResult answer = resnet(arguments.toArray(String[]::new));
    assertThat(answer.status()).as(answer.err()).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err().strip())
        .startsWith("resnet: ")
        .endsWith("; see ./resnet " + command + " --help")
        .doesNotContain("\n", "Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "summary resnet51 => unknown architecture \"resnet51\"; the nearest are",
        "summary resnet50 --input 3x16x16 => resnet50",
        "summary residual_mlp --depths 1,1 --widths 24,32 => residual_mlp",
        "convert my.zip --to x.onnx --classes 5 => --classes: expected --model beside it",
        "convert my.zip --to x.onnx --epsilon 1e-3 => --epsilon: expected --model beside it",
        "classify a.png --model my.zip --classes 5 => --classes: expected --weights beside it",
        "train --resume => --resume: expected --out DIR, the folder with the model.zip of the run;",
        "train --out x --resume --weights y => --weights: expected no --resume beside it;",
        "train --mean 0.5 --stats cifar10 => --stats: expected no --mean beside it;",
        "train --out x --resume --overwrite => --overwrite: expected no --resume beside it;",
        "train --freeze C3 => --freeze: expected --weights, which training starts from;",
        "train --input 224x160 => --input: images are resized to squares",
        "train --patience 3 --evaluate-every 0 => patience: expected 0, or 1 or more epochs with"
            + " evaluations",
        "train --engine nd4j --precision bf16 => --engine ND4J: computes in FP32",
        "train --model resnet18.tv_in1k_v1 => --model: expected an architecture but was"
            + " resnet18.tv_in1k_v1; --weights resnet18.tv_in1k_v1 fine-tunes it",
        "train --model my.h5 => --weights my.h5 fine-tunes it",
        "train --weights nosuch => \"nosuch\"",
        "evaluate resnet18 --data mnist --std 1 => --std: expected --mean beside it",
        "evaluate resnet18 --data mnist --mean 0 --stats none => --stats: expected no --mean"
            + " beside it",
        "evaluate resnet18 --model resnet34 --data mnist => expected one model but there are two",
        "evaluate --data mnist => missing required parameter: MODEL",
        "verify resnet18 --naming torchvision => --naming: expected a file with --weights",
        "weights fetch resnet51 => resnet51",
        "weights verify nosuch => nosuch",
        "datasets fetch folder => folder: expected a dataset that can be downloaded, one of",
        "example nosuch => unknown example \"nosuch\"; the nearest are",
        "convert nosuch --to y.onnx => nosuch: expected a file of weights, the folder of a run or"
            + " pretrained weights",
        "convert resnet18.tv_in1k_v1 --model resnet18 --to y.onnx => --model: resnet18.tv_in1k_v1"
            + " already names the architecture resnet18; leave it out",
        // The model in the words of another command.
        "convert --model resnet18 --to y.onnx => missing required parameter: 'FILE|NAME'; --model"
            + " is the architecture of a file, which comes without an option",
        "convert --weights my.pth --to y.onnx => unknown option --weights; it is the argument"
            + " FILE|NAME of this command",
        "summary resnet18 --model resnet34 => unknown option --model; it is the argument NAME of"
            + " this command",
        "weights fetch resnet18 --model resnet34 => unknown option --model; it is the argument NAME"
            + " of this command",
        "classify resnet18.tv_in1k_v1 dog.jpg => did you mean --model resnet18.tv_in1k_v1?",
        "features x.jpg model.zip --output y.npy => did you mean --model model.zip?",
        "classify x.jpg --weights my.pth => it names the architecture of --weights, such as"
            + " resnet50;",
        "train resnet18 => unexpected argument \"resnet18\"; did you mean --model resnet18?",
        "train resnet18.tv_in1k_v1 => did you mean --weights resnet18.tv_in1k_v1?",
        "train mnist => unexpected argument \"mnist\"; did you mean --data mnist?",
        "train src => unexpected argument \"src\"; did you mean --data src?",
        "evaluate resnet18 mnist => did you mean --data mnist?",
        "train --data srces => there is no folder srces; did you mean src?",
        "train --data nowhere/photos => there is no nowhere/photos;"
      })
  void wrongArgumentsAreUsageErrorsThatNameTheRightOnes(String line, String because) {
    CommandResult answer = resnet(line.split(" ", -1));

    assertThat(answer.status()).as(answer.err()).isEqualTo(2);
    assertThat(answer.err().strip()).contains(because).doesNotContain("\n").endsWith(" --help");
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
      String[] words = example.split(" ", -1);
      assertThat(Main.commandLine().parseArgs(words).errors()).isEmpty();
      assertThat(Main.commandLine(words).parseArgs(words).errors()).isEmpty();
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
