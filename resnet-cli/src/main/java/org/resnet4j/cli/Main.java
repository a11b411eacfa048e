package org.resnet4j.cli;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.resnet4j.graph.Nd4jNatives;
import org.resnet4j.support.ForeignText;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ./resnet COMMAND}: 0 is success, 1 a failure that one line explains, 2 wrong usage. */
@Command(
    name = "resnet",
    description = "Residual networks on Deeplearning4j: train, evaluate, classify, inspect.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = "%nAlso: ./resnet bench [--help], which downloads the programs that it compares with.",
    subcommands = {
      ListCommand.class,
      SummaryCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ClassifyCommand.class,
      FeaturesCommand.class,
      WeightsCommand.class,
      ConvertCommand.class,
      VerifyCommand.class,
      DatasetsCommand.class,
      ExampleCommand.class,
      DoctorCommand.class
    })
public final class Main {
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
    CommandLine defaults = new CommandLine(new Main());
    System.exit(run(defaults.getOut(), defaults.getErr(), arguments));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = commandLine().setOut(Lines.on(out)).setErr(Lines.on(err));
    try {
      return line.execute(arguments);
    } catch (Throwable e) {
      // Exceptions have been reported there; what comes here is an Error.
      report(e, hasBatches(line), line.getErr());
      return line.getCommandSpec().exitCodeOnExecutionException();
    }
  }

  private static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler((failure, arguments) -> usage(failure))
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              report(failure, hasBatches(line), line.getErr());
              return line.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  /** Help may be in colours. */
  private static int execute(ParseResult parsed) {
    CommandLine line = parsed.commandSpec().commandLine();
    if (parsed.asCommandLineList().stream()
        .anyMatch(asked -> asked.isUsageHelpRequested() || asked.isVersionHelpRequested())) {
      line.setOut(Lines.raw(line.getOut()));
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int usage(ParameterException failure) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = Lines.raw(line.getErr());
    String message = ForeignText.printable(String.valueOf(failure.getMessage()));
    err.println(line.getColorScheme().errorText(message));
    if (!UnmatchedArgumentException.printSuggestions(failure, err)) {
      line.usage(err, line.getColorScheme());
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
   * One line; the stack of what is no mistake of a user, and with {@code -Dresnet4j.trace=true}.
   */
  private static void report(Throwable failure, boolean batches, PrintWriter err) {
    boolean known = failure instanceof OutOfMemoryError || isOfNatives(failure);
    err.println(
        "resnet: "
            + (failure instanceof OutOfMemoryError e
                ? outOfMemory(e, batches)
                : sentence(failure)));
    if (Boolean.getBoolean("resnet4j.trace")
        || (!known
            && (failure instanceof Error
                || failure instanceof NullPointerException
                || failure.getMessage() == null))) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  private static String outOfMemory(OutOfMemoryError failure, boolean batches) {
    String message = "out of memory: " + oneLine(String.valueOf(failure.getMessage()));
    if (message.contains("array size")) {
      return message + "; one of the files is too large for an array of Java";
    }
    if (message.contains("native thread")) {
      return message + "; let this user have more threads (ulimit -u)";
    }
    return message
        + (batches ? "; try a smaller --batch, or give more" : "; give more")
        + " with RESNET_JAVA_OPTS=\"-Xmx4g -Dorg.bytedeco.javacpp.maxphysicalbytes=20g\"";
  }

  /** What went wrong, in one line. */
  static String sentence(Throwable failure) {
    if (failure instanceof UncheckedIOException e && e.getCause() != null) {
      return sentence(e.getCause());
    }
    String natives = isOfNatives(failure) ? Nd4jNatives.obstacle() : null;
    if (natives != null) {
      return oneLine(natives + " in RESNET_JAVA_OPTS");
    }
    if (isOfNatives(failure)) {
      return "the native libraries cannot be loaded: "
          + oneLine(String.valueOf(root(failure).getMessage()))
          + "; they are unpacked into ~/.javacpp and the folder for temporary files: name one that"
          + " is not mounted noexec and has room, with"
          + " RESNET_JAVA_OPTS=\"-Dorg.bytedeco.javacpp.cachedir=DIR -Djava.io.tmpdir=DIR\"";
    }
    if (failure instanceof InvalidPathException e && e.getReason().startsWith("Malformed input")) {
      return oneLine(
          e.getInput()
              + ": Java cannot name this file in the character set of the locale, "
              + System.getProperty("sun.jnu.encoding")
              + "; set LC_ALL=C.UTF-8, or on macOS en_US.UTF-8");
    }
    String message = failure.getMessage();
    if (message == null) {
      return failure.toString();
    }
    boolean bare = failure instanceof FileSystemException file && file.getReason() == null;
    return oneLine(bare ? message + ": " + kind((FileSystemException) failure) : message);
  }

  private static boolean isOfNatives(Throwable failure) {
    return chain(failure)
        .anyMatch(
            cause ->
                cause instanceof UnsatisfiedLinkError
                    || cause.getClass().getSimpleName().equals("NoAvailableBackendException")
                    || (cause instanceof NoClassDefFoundError
                        && String.valueOf(cause.getMessage())
                            .matches(
                                "Could not initialize class"
                                    + " (org.nd4j|org.bytedeco|com.sun.jna)\\..*")));
  }

  private static Throwable root(Throwable failure) {
    return chain(failure).reduce(failure, (above, cause) -> cause);
  }

  private static Stream<Throwable> chain(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(100);
  }

  private static String kind(FileSystemException failure) {
    if (failure instanceof NoSuchFileException
        && Files.isSymbolicLink(Path.of(failure.getFile()))) {
      return "a link to a file that is not there";
    }
    return failure
        .getClass()
        .getSimpleName()
        .replace("Exception", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** The version of the jar, or of the checkout. */
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
