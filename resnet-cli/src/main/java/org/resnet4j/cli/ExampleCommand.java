package org.resnet4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.examples.Cifar10Example;
import org.resnet4j.examples.FashionMnistExample;
import org.resnet4j.examples.FineTuneExample;
import org.resnet4j.examples.PaperClaimsExample;
import org.resnet4j.examples.ResidualMlpExample;
import org.resnet4j.examples.ZooExample;
import org.resnet4j.support.Nearest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "example",
    description = "Runs an example main; without a name, lists them.",
    mixinStandardHelpOptions = true)
final class ExampleCommand implements Callable<Integer>, Checked {
  private interface Program {
    void run(String[] arguments) throws Exception;
  }

  private record Example(String arguments, String description, Program program) {}

  private static final Map<String, Example> EXAMPLES = new LinkedHashMap<>();

  static {
    EXAMPLES.put(
        "residual-mlp",
        new Example(
            "",
            "the fully connected residual network on its tutorial input and on a table of wines",
            ResidualMlpExample::main));
    EXAMPLES.put(
        "fashion-mnist",
        new Example(
            "[fashion-mnist:DIR] [EPOCHS]",
            "d2l.ai's ResNet-18 at 96x96; 15 minutes an epoch or more",
            FashionMnistExample::main));
    EXAMPLES.put(
        "cifar10",
        new Example(
            "[cifar10:DIR] [EPOCHS]", "the three-stage CIFAR-10 tutorial", Cifar10Example::main));
    EXAMPLES.put(
        "fine-tune",
        new Example(
            "folder:DIR WEIGHTS [EPOCHS] [SEED]",
            "new classes from few images, and the same from scratch",
            FineTuneExample::main));
    EXAMPLES.put(
        "paper-claims",
        new Example(
            "[cifar10:DIR] [SEEDS] [EPOCHS] [DIR]",
            "the claims of the ResNet paper in short trainings; 3 minutes a seed",
            PaperClaimsExample::main));
    EXAMPLES.put(
        "zoo", new Example("[NAME]", "a network by name, and its summary", ZooExample::main));
  }

  @Spec CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Example to run.")
  @Nullable String name;

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "Arguments of the example.")
  List<String> arguments = List.of();

  @Override
  public void check() {
    if (name != null && !EXAMPLES.containsKey(name)) {
      throw new IllegalArgumentException(Nearest.unknown("example", name, EXAMPLES.keySet()));
    }
  }

  @Override
  public Integer call() throws Exception {
    if (name == null) {
      EXAMPLES.forEach(
          (key, example) ->
              spec.commandLine()
                  .getOut()
                  .printf("%-14s %-36s %s%n", key, example.arguments(), example.description()));
      spec.commandLine().getOut().flush();
      return 0;
    }
    Objects.requireNonNull(EXAMPLES.get(name)).program().run(arguments.toArray(String[]::new));
    return 0;
  }
}
