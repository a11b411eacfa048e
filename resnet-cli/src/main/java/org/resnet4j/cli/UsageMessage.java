package org.resnet4j.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.resnet4j.support.Nearest;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Describes wrong usage in one line that ends with the command for the help. */
final class UsageMessage {
  private static final Pattern INVALID =
      Pattern.compile(
          "Invalid value for (?:option '(--?[^ ']+)'|positional parameter(?: at index \\S+)? \\(([^)]*)\\))"
              + "(?: at index \\d+)?(?: \\([^)]*\\))?: (.*)",
          Pattern.DOTALL);
  private static final Pattern NOT_A =
      Pattern.compile("'(.*)' is not an? (int|long|double|float)", Pattern.DOTALL);

  private UsageMessage() {}

  /** Returns what was wrong, the nearest known names, and where the help is. */
  static String of(ParameterException failure) {
    CommandLine line = failure.getCommandLine();
    String finding =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched(unmatched, line)
            : plain(String.valueOf(failure.getMessage()));
    return ErrorMessage.oneLine(finding)
        + "; see ./"
        + line.getCommandSpec().qualifiedName()
        + " --help";
  }

  private static String unmatched(UnmatchedArgumentException failure, CommandLine line) {
    String first = failure.getUnmatched().isEmpty() ? "" : failure.getUnmatched().get(0);
    if (first.startsWith("-") && first.length() > 1) {
      String name = first.replaceFirst("=.*", "");
      return "unknown option " + name + suggested(name, options(line.getCommandSpec()));
    }
    boolean isCommand = !line.getSubcommands().isEmpty();
    return isCommand
        ? "unknown command \"" + first + "\"" + suggested(first, line.getSubcommands().keySet())
        : "unexpected argument \"" + first + "\"";
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
