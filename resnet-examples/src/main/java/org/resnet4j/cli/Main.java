package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.Locale;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

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
    int status;
    try {
      status = commandLine().execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "resnet: out of memory: "
              + oneLine(String.valueOf(e.getMessage()))
              + "; try a smaller --batch, or give more with RESNET_JAVA_OPTS=\"-Xmx4g"
              + " -Dorg.bytedeco.javacpp.maxphysicalbytes=20g\"");
      status = 1;
    }
    System.exit(status);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              report(failure, line.getErr());
              return line.getCommandSpec().exitCodeOnExecutionException();
            });
  }

  /** One line; the stack with {@code -Dresnet4j.trace=true}. */
  private static void report(Exception failure, PrintWriter err) {
    err.println("resnet: " + sentence(failure));
    if (Boolean.getBoolean("resnet4j.trace")
        || failure.getMessage() == null
        || failure instanceof NullPointerException) {
      failure.printStackTrace(err);
    }
    err.flush();
  }

  /** What went wrong, in one line. */
  static String sentence(Exception failure) {
    String message = failure.getMessage();
    if (message == null) {
      return failure.toString();
    }
    boolean bare = failure instanceof FileSystemException file && file.getReason() == null;
    return oneLine(bare ? message + ": " + kind((FileSystemException) failure) : message);
  }

  private static String kind(FileSystemException failure) {
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
