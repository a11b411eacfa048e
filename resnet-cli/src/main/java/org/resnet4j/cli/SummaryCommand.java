package org.resnet4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.PlanSummary;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "summary",
    description = "Lists the layers of an architecture with output shapes, parameters and costs.",
    mixinStandardHelpOptions = true)
final class SummaryCommand implements Callable<Integer>, Checked {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "Architecture; ./resnet list names them.")
  String name;

  @Mixin ArchitectureOptions options;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** The JSON document. */
  record Document(
      String name,
      int[] input,
      int classes,
      long parameters,
      long dl4jNumParams,
      long macs,
      long convolutions,
      int[] stemShape,
      List<int[]> stageShapes,
      List<Layer> layers) {
    static Document of(Plan plan) {
      Architecture architecture = plan.architecture();
      return new Document(
          architecture.name(),
          array(architecture.input()),
          architecture.classes(),
          plan.parameterCount(),
          plan.dl4jParameterCount(),
          plan.macs(),
          plan.convolutionCount(),
          array(plan.stemShape()),
          plan.stageShapes().stream().map(Document::array).toList(),
          plan.nodes().stream().map(Layer::of).toList());
    }

    private static int[] array(Shape shape) {
      return new int[] {shape.channels(), shape.height(), shape.width()};
    }
  }

  /** A layer of the document. */
  record Layer(String name, List<String> inputs, int[] output, long parameters, long macs) {
    static Layer of(Node node) {
      return new Layer(
          node.path().vertex(),
          node.inputs().stream().map(path -> path.vertex()).toList(),
          Document.array(node.output()),
          node.parameterCount(),
          node.macs());
    }
  }

  @Override
  public void check() {
    options.apply(name);
  }

  @Override
  public Integer call() throws Exception {
    Plan plan = Plan.of(options.apply(name));
    if (json) {
      Json.print(Document.of(plan), spec.commandLine().getOut());
    } else {
      spec.commandLine().getOut().print(PlanSummary.of(plan));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }
}
