package org.resnet4j.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Family;
import org.resnet4j.arch.Plan;
import org.resnet4j.support.Json;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    description = "Lists all architectures: name, family, input, parameters, multiply-accumulates.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /** A line of the list. */
  record Row(
      String name,
      Family family,
      String input,
      int classes,
      long parameters,
      long dl4jNumParams,
      long macs,
      long convolutions,
      List<String> weights) {
    static Row of(Architecture architecture) {
      Plan plan = Plan.of(architecture);
      return new Row(
          architecture.name(),
          architecture.family(),
          architecture.input().toString(),
          architecture.classes(),
          plan.parameterCount(),
          plan.dl4jParameterCount(),
          plan.macs(),
          plan.convolutionCount(),
          WeightSets.of(architecture.name()).stream().map(PretrainedWeights::name).toList());
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<Row> rows =
        Architectures.all().stream()
            .map(Row::of)
            .sorted(Comparator.comparing(Row::family))
            .toList();
    if (json) {
      Json.print(rows, out);
      return 0;
    }
    out.printf(
        "%-22s %-9s %-12s %8s %14s %10s  %s%n",
        "name", "family", "input", "classes", "parameters", "GMACs", "weights");
    for (Row row : rows) {
      out.printf(
          Locale.ROOT,
          "%-22s %-9s %-12s %8d %,14d %10.4f  %s%n",
          row.name(),
          row.family().toString().toLowerCase(Locale.ROOT),
          row.input(),
          row.classes(),
          row.parameters(),
          row.macs() / 1e9,
          row.weights().stream()
              .map(set -> set.substring(set.indexOf('.')))
              .collect(Collectors.joining(" ")));
    }
    out.println();
    out.println(
        "wrn_D_K exists for every depth D = 6n + 4 and factor K. Layers: ./resnet summary NAME. Weights: ./resnet weights");
    out.flush();
    return 0;
  }
}
