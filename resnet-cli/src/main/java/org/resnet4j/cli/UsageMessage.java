package org.resnet4j.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.data.sets.Datasets;
import org.resnet4j.support.Nearest;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Describes wrong usage in one line that ends with the command for the help. */
final class UsageMessage {
  private static final Pattern INVALID =
      Pattern.compile(
          "Invalid value for (?:option '(--?[^ ']+)'|positional parameter(?: at index \\S+)?"
              + " \\(([^)]*)\\))(?: at index \\d+)?(?: \\([^)]*\\))?: (.*)",
          Pattern.DOTALL);
  private static final Pattern NOT_A =
      Pattern.compile("'(.*)' is not an? (int|long|double|float)", Pattern.DOTALL);

  private static final String MODEL = "--model";
  private static final String DATA = "--data";

  /** The options that name a model in some commands. */
  private static final List<String> MODELS = List.of(MODEL, "--weights", "--name", "--from");

  private UsageMessage() {}

  /** Returns what was wrong, the nearest known names, and where the help is. */
  static String of(ParameterException failure, String... arguments) {
    CommandLine line = failure.getCommandLine();
    String finding;
    if (failure instanceof UnmatchedArgumentException unmatched) {
      finding = unmatched(unmatched, line);
    } else if (failure instanceof MissingParameterException missing) {
      finding =
          plain(String.valueOf(missing.getMessage()))
              + advised(missing, line.getCommandSpec(), arguments);
    } else {
      boolean checked = failure.getCause() instanceof IllegalArgumentException;
      String message = String.valueOf(failure.getMessage());
      finding = checked ? message : plain(message);
    }
    return ErrorMessage.oneLine(finding)
        + "; see ./"
        + line.getCommandSpec().qualifiedName()
        + " --help";
  }

  private static String unmatched(UnmatchedArgumentException failure, CommandLine line) {
    String first = failure.getUnmatched().isEmpty() ? "" : failure.getUnmatched().get(0);
    if (first.startsWith("-") && first.length() > 1) {
      String name = first.replaceFirst("=.*", "");
      return "unknown option " + name + advised(name, line.getCommandSpec());
    }
    boolean isCommand = !line.getSubcommands().isEmpty();
    return isCommand
        ? "unknown command \"" + first + "\"" + suggested(first, line.getSubcommands().keySet())
        : "unexpected argument \"" + first + "\"" + placed(first, line.getCommandSpec());
  }

  /** Returns the argument that {@code option} is in other commands, or options of near names. */
  private static String advised(String option, CommandSpec spec) {
    List<PositionalParamSpec> arguments = spec.positionalParameters();
    boolean isModel = !arguments.isEmpty() && !arguments.get(0).paramLabel().equals("IMAGE");
    return isModel && MODELS.contains(option)
        ? "; it is the argument " + arguments.get(0).paramLabel() + " of this command"
        : suggested(option, options(spec));
  }

  /** Returns the option for a model or data that were given without one, or the reverse. */
  private static String advised(
      MissingParameterException failure, CommandSpec spec, String... arguments) {
    for (ArgSpec missing : failure.getMissing()) {
      if (missing instanceof OptionSpec option) {
        String name = option.longestName();
        Predicate<String> fits =
            name.equals(MODEL)
                ? UsageMessage::isModel
                : it -> name.equals(DATA) && !isModel(it) && isData(it);
        return Stream.of(arguments)
            .skip(1)
            .filter(fits)
            .findFirst()
            .map(it -> "; did you mean " + name + " " + it + "?")
            .orElse(name.equals(MODEL) ? ofWeights(arguments) : "");
      }
    }
    return spec.findOption(MODEL) != null && Stream.of(arguments).anyMatch(MODEL::equals)
        ? "; " + MODEL + " is the architecture of a file, which comes without an option"
        : "";
  }

  private static String ofWeights(String... arguments) {
    return Stream.of(arguments).anyMatch(it -> it.startsWith("--weights"))
        ? "; it names the architecture of --weights, such as resnet50"
        : "";
  }

  /** Returns the option for an argument of a command that takes fewer. */
  private static String placed(String argument, CommandSpec spec) {
    String option = "";
    if (isModel(argument)) {
      option =
          spec.name().equals("train") && !WeightOptions.isArchitecture(argument)
              ? "--weights"
              : MODEL;
    } else if (isData(argument)) {
      option = DATA;
    }
    return spec.findOption(option) == null ? "" : "; did you mean " + option + " " + argument + "?";
  }

  private static boolean isModel(String argument) {
    return WeightSets.find(argument).isPresent()
        || WeightOptions.isArchitecture(argument)
        || argument.endsWith(".zip")
        || exists(argument, Training.MODEL);
  }

  private static boolean exists(String first, String... more) {
    try {
      return Files.exists(Path.of(first, more));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static boolean isData(String argument) {
    return exists(argument)
        || Datasets.all().stream().anyMatch(spec -> spec.name().equals(argument));
  }

  private static List<String> options(CommandSpec spec) {
    List<String> names = new ArrayList<>();
    spec.options().forEach(option -> names.addAll(List.of(option.names())));
    return names;
  }

  private static String suggested(String name, Collection<String> known) {
    List<String> near = Nearest.to(name, known);
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  /** Returns a message of picocli in the words of the other messages. */
  private static String plain(String message) {
    Matcher invalid = INVALID.matcher(message);
    if (!invalid.matches()) {
      return message.isEmpty()
          ? message
          : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
    String where = invalid.group(1) == null ? invalid.group(2) : invalid.group(1);
    String finding = invalid.group(3);
    Matcher number = NOT_A.matcher(finding);
    if (number.matches()) {
      boolean whole = number.group(2).equals("int") || number.group(2).equals("long");
      finding =
          "expected "
              + (whole ? "a whole number" : "a number")
              + " but was '"
              + number.group(1)
              + "'";
    }
    return where + ": " + finding;
  }
}
