package org.resnet4j.cli;

import java.io.PrintWriter;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.resnet4j.graph.Nd4jNatives;
import org.resnet4j.support.ForeignText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command {@code ./resnet COMMAND}. It exits with 0 on success, 1 on a failure explained in one
 * line, and 2 on wrong usage.
 */
@Command(
    name = "resnet",
    description = "Residual networks on Deeplearning4j: train, evaluate, classify, inspect.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer =
        "%n./resnet help COMMAND prints the options of a command, with examples.%n./resnet bench"
            + " [--help] measures the engine; it downloads the baselines that it compares with.")
public final class Main {
  private static final List<Class<?>> COMMANDS =
      List.of(
          ListCommand.class,
          RecipesCommand.class,
          PlanCommand.class,
          RateRangeCommand.class,
          SummaryCommand.class,
          TrainCommand.class,
          EvaluateCommand.class,
          PredictCommand.class,
          ClassifyCommand.class,
          FeaturesCommand.class,
          WeightsCommand.class,
          ConvertCommand.class,
          QuantizeCommand.class,
          VerifyCommand.class,
          DatasetsCommand.class,
          ExampleCommand.class,
          DoctorCommand.class,
          HelpCommand.class);

  /** The options that answer at once. */
  private static final Set<String> ANSWERS = Set.of("-h", "--help", "-V", "--version");

  private Main() {}

  public static void main(String[] arguments) {
    String obstacle = OpenMp.obstacle(System.getenv("OMP_NUM_THREADS"));
    if (obstacle == null) {
      obstacle = Nd4jNatives.classPathObstacle();
    }
    if (obstacle != null) {
      System.err.println("resnet: " + ForeignText.printable(obstacle));
      System.exit(1);
    }
    if (computes(arguments)) {
      Preload.start();
    }
    CommandLine defaults = new CommandLine(new Main());
    System.exit(run(defaults.getOut(), defaults.getErr(), arguments));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = commandLine(arguments).setOut(Lines.on(out)).setErr(Lines.on(err));
    try {
      return line.execute(arguments);
    } catch (Throwable e) {
      // Exceptions have been reported before; only an Error arrives here.
      report(e, hasBatches(line), line.getErr());
      return line.getCommandSpec().exitCodeOnExecutionException();
    }
  }

  /** Returns the class of the command that {@code arguments} begin with. */
  private static Optional<Class<?>> command(String... arguments) {
    return COMMANDS.stream()
        .filter(
            command ->
                arguments.length > 0
                    && command.getAnnotation(Command.class).name().equals(arguments[0]))
        .findFirst();
  }

  /** Returns whether {@code arguments} run a network. */
  static boolean computes(String... arguments) {
    return Stream.of(arguments).noneMatch(ANSWERS::contains)
        && command(arguments).stream()
            .flatMap(command -> Stream.of(command.getDeclaredFields()))
            .map(Field::getType)
            .anyMatch(type -> type == EngineOptions.class || type == TrainingOptions.class);
  }

  /**
   * Returns the command line for {@code arguments}. Reflection on each command takes milliseconds,
   * so a command that is named comes alone; help has all.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine root = new CommandLine(new Main());
    command(arguments)
        .filter(command -> command != HelpCommand.class)
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS)
        .forEach(root::addSubcommand);
    return Examples.addTo(root)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler(Main::usage)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              report(failure, hasBatches(line), line.getErr());
              return line.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  /** Checks the values of all options, and runs the command; help may be in colours. */
  private static int execute(ParseResult parsed) {
    CommandLine line = parsed.commandSpec().commandLine();
    List<CommandLine> asked = parsed.asCommandLineList();
    if (asked.stream().anyMatch(it -> it.isUsageHelpRequested() || it.isVersionHelpRequested())) {
      line.setOut(Lines.raw(line.getOut()));
    } else {
      CommandLine last = asked.get(asked.size() - 1);
      try {
        Checked.check(last.getCommandSpec());
      } catch (IllegalArgumentException e) {
        throw new ParameterException(last, ErrorMessage.of(e), e);
      }
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int usage(ParameterException failure, String... arguments) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    if (arguments.length == 0) {
      line.usage(Lines.raw(err), line.getColorScheme());
    } else {
      err.println("resnet: " + UsageMessage.of(failure, arguments));
    }
    err.flush();
    return line.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static boolean hasBatches(CommandLine line) {
    ParseResult parsed = line.getParseResult();
    while (parsed != null && parsed.hasSubcommand()) {
      parsed = parsed.subcommand();
    }
    return parsed != null && parsed.commandSpec().findOption("--batch") != null;
  }

  /**
   * Prints one line; also the stack of a failure that is not the user's mistake, or of any with
   * {@code -Dresnet4j.trace=true}.
   */
  private static void report(Throwable failure, boolean batches, PrintWriter err) {
    boolean known = failure instanceof OutOfMemoryError || ErrorMessage.isOfNatives(failure);
    err.println(
        "resnet: "
            + (failure instanceof OutOfMemoryError e
                ? ErrorMessage.outOfMemory(e, batches)
                : ErrorMessage.of(failure)));
    if (Boolean.getBoolean("resnet4j.trace")
        || (!known
            && (failure instanceof Error
                || failure instanceof NullPointerException
                || failure.getMessage() == null))) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  /** Provides the version of the jar, or of the checkout. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws Exception {
      Properties properties = new Properties();
      try (var in = Main.class.getResourceAsStream("version.properties")) {
        properties.load(in);
      }
      return new String[] {"resnet4j " + properties.getProperty("version")};
    }
  }
}
