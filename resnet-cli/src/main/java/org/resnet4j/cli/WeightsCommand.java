package org.resnet4j.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.support.Json;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.PretrainedWeights.Accuracy;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "weights",
    description = "Lists, downloads and verifies pretrained weights.",
    mixinStandardHelpOptions = true,
    subcommands = {
      WeightsCommand.ListSets.class,
      WeightsCommand.Fetch.class,
      WeightsCommand.Verify.class
    })
final class WeightsCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return ListSets.print(spec.commandLine().getOut(), false);
  }

  @Command(
      name = "list",
      description =
          "Lists all pretrained weights: accuracy, size, licence, and whether they are in the cache.",
      mixinStandardHelpOptions = true)
  static final class ListSets implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document.")
    boolean json;

    /** A line of the list. */
    record Row(
        String name,
        String architecture,
        URI address,
        String checksumKind,
        String checksum,
        @Nullable Double mebibytes,
        String licence,
        String recipe,
        Accuracy accuracy,
        ImagePipeline preprocessing,
        String labels,
        String naming,
        String file,
        boolean here) {
      static Row of(PretrainedWeights set, WeightStore store) {
        return new Row(
            set.name(),
            set.architecture(),
            set.address(),
            set.checksum().kind().toString(),
            set.checksum().hex(),
            set.mebibytes() == 0 ? null : set.mebibytes(),
            set.licence(),
            set.recipe(),
            set.accuracy(),
            set.pipeline(),
            set.labels().name(),
            set.naming(),
            store.path(set).toString(),
            store.has(set));
      }
    }

    @Override
    public Integer call() throws Exception {
      return print(spec.commandLine().getOut(), json);
    }

    static int print(PrintWriter out, boolean json) throws IOException {
      WeightStore store = WeightStore.usual();
      List<Row> rows = WeightSets.all().stream().map(set -> Row.of(set, store)).toList();
      if (json) {
        Json.print(rows, out);
        return 0;
      }
      out.printf(
          "%-38s %7s %7s %7s  %-4s  %s%n", "name", "top-1", "top-5", "MiB", "here", "licence");
      for (Row row : rows) {
        Double top5 = row.accuracy().top5();
        out.printf(
            Locale.ROOT,
            "%-38s %7.2f %7s %7s  %-4s  %s%n",
            row.name(),
            row.accuracy().top1(),
            top5 == null ? "" : String.format(Locale.ROOT, "%.2f", top5),
            row.mebibytes() == null ? "" : String.format(Locale.ROOT, "%.1f", row.mebibytes()),
            row.here() ? "yes" : "",
            row.licence());
      }
      out.println();
      out.println(
          "Accuracy in per cent on ImageNet-1k's validation images or CIFAR-10's test images, as published; --json adds sources, recipes and preprocessing");
      out.flush();
      return 0;
    }
  }

  @Command(
      name = "fetch",
      description =
          "Downloads pretrained weights from their publishers into the cache, verifies the published checksum, and resumes interrupted downloads.",
      mixinStandardHelpOptions = true)
  static final class Fetch implements Callable<Integer>, Checked {
    @Spec CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        arity = "1..*",
        description = "Pretrained weights, or architectures for their most accurate weights.")
    List<String> names = List.of();

    @Option(
        names = "--from",
        paramLabel = "URL",
        converter = ServerAddress.class,
        description =
            "Server with the same files at URL/NAME/FILE; NAME:PASSWORD@ before its host is sent to that server alone.")
    @Nullable URI mirror;

    @Option(
        names = "--plain-http",
        description =
            "Allow http:// for weights whose publisher gives only a short checksum: whoever sits between can then send others.")
    boolean plainHttp;

    @Override
    public void check() {
      names.forEach(WeightSets::byName);
    }

    @Override
    public Integer call() throws Exception {
      List<PretrainedWeights> sets = names.stream().map(WeightSets::byName).toList();
      WeightStore usual = WeightStore.usual();
      WeightStore server = mirror == null ? usual : usual.from(mirror);
      WeightStore store = plainHttp ? server.allowPlainHttp() : server;
      for (PretrainedWeights set : sets) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf("%s: %s%n", set.name(), set.licence());
        err.flush();
        spec.commandLine().getOut().println(store.fetch(set, new FetchLines(err)));
        spec.commandLine().getOut().flush();
      }
      return 0;
    }
  }

  @Command(
      name = "verify",
      description = "Verifies files in the cache against their publishers' checksums.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer>, Checked {
    @Spec CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        arity = "0..*",
        description = "Pretrained weights (default: all in the cache).")
    List<String> names = List.of();

    @Override
    public void check() {
      names.forEach(WeightSets::byName);
    }

    @Override
    public Integer call() throws Exception {
      WeightStore store = WeightStore.usual();
      List<PretrainedWeights> sets =
          names.isEmpty()
              ? WeightSets.all().stream().filter(store::has).toList()
              : names.stream().map(WeightSets::byName).toList();
      if (sets.isEmpty()) {
        throw new FileNotFoundException(
            "there are no weights in the cache; ./resnet weights fetch NAME downloads some");
      }
      int wrong = 0;
      for (PretrainedWeights set : sets) {
        wrong += verified(store, set) ? 0 : 1;
      }
      return wrong == 0 ? 0 : 1;
    }

    private boolean verified(WeightStore store, PretrainedWeights set) {
      try {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
            set.name() + ": as published (" + set.checksum() + "); SHA-256 " + store.sha256(set));
        out.flush();
        return true;
      } catch (IOException e) {
        spec.commandLine().getErr().println("resnet: " + ErrorMessage.of(e));
        spec.commandLine().getErr().flush();
        return false;
      }
    }
  }
}
