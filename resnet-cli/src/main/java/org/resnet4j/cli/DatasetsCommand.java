package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.DatasetFetch;
import org.resnet4j.data.sets.DatasetSpec;
import org.resnet4j.data.sets.Datasets;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.support.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "datasets",
    description = "Lists and downloads datasets.",
    mixinStandardHelpOptions = true,
    subcommands = {DatasetsCommand.ListSets.class, DatasetsCommand.Fetch.class})
final class DatasetsCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    return ListSets.print(spec.commandLine().getOut(), false);
  }

  @Command(
      name = "list",
      description = "Lists all datasets, and what --data NAME opens on this machine.",
      mixinStandardHelpOptions = true)
  static final class ListSets implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document.")
    boolean json;

    /** A line of the list. */
    record Row(
        String name,
        String title,
        @Nullable String shape,
        int classes,
        String licence,
        String here) {}

    @Override
    public Integer call() throws Exception {
      return print(spec.commandLine().getOut(), json);
    }

    static int print(PrintWriter out, boolean json) throws IOException {
      List<Row> rows = Datasets.all().stream().map(ListSets::line).toList();
      if (json) {
        Json.print(rows, out);
        return 0;
      }
      for (Row row : rows) {
        out.printf("%-14s %s%n", row.name(), row.here());
      }
      out.flush();
      return 0;
    }

    private static Row line(DatasetSpec spec) {
      return new Row(
          spec.name(),
          spec.title(),
          spec.shape() == null ? null : spec.shape().toString(),
          spec.classes().size(),
          spec.licence(),
          here(spec));
    }

    private static String here(DatasetSpec spec) {
      if (spec.downloads().isEmpty()) {
        return "your own images: --data "
            + spec.name()
            + (spec.format() == DatasetSpec.Format.LIST ? ":FILE" : ":DIR");
      }
      try (OpenDataset found = Dataset.named(spec.name()).open(Split.TRAIN)) {
        return found.origin();
      } catch (DataFormatException e) {
        return "damaged: " + e.getMessage();
      } catch (IOException e) {
        return "not here; ./resnet datasets fetch " + spec.name();
      }
    }
  }

  @Command(
      name = "fetch",
      description =
          "Downloads a dataset from its official address into the cache, verifies its SHA-256, and resumes an interrupted download.",
      mixinStandardHelpOptions = true)
  static final class Fetch implements Callable<Integer>, Checked {
    /** The names of the datasets that can be downloaded. */
    static final class Fetchable implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return Datasets.all().stream()
            .filter(dataset -> !dataset.downloads().isEmpty())
            .map(DatasetSpec::name)
            .iterator();
      }
    }

    @Spec CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        completionCandidates = Fetchable.class,
        description = "One of ${COMPLETION-CANDIDATES}.")
    String name;

    @Option(
        names = "--from",
        paramLabel = "URL",
        converter = ServerAddress.class,
        description = "Folder of another server with the same files; ends with a slash.")
    @Nullable URI mirror;

    @Override
    public void check() {
      List<String> known = new ArrayList<>();
      new Fetchable().forEach(known::add);
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s: expected a dataset that can be downloaded, one of %s".formatted(name, known));
      }
    }

    @Override
    public Integer call() throws Exception {
      DatasetFetch fetch = new DatasetFetch(DataHome.usual());
      PrintWriter err = spec.commandLine().getErr();
      Path folder =
          (mirror == null ? fetch : fetch.from(mirror))
              .fetch(Datasets.byName(name), new FetchLines(err));
      spec.commandLine().getOut().println(folder);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }
}
