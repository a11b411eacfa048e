package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.examples.PaperClaims.Measured;

/**
 * The claims of He et al. 2015 (arXiv:1512.03385) in short trainings: deep plain networks train
 * worse than shallow ones, and deep residual networks better; identity shortcuts are as good as
 * projections; layer responses are smaller in residual networks and fall with depth. Its arguments
 * are data ({@code cifar10:DIR}), seeds, epochs and the folder of the runs. It prints a table in
 * Markdown.
 */
public final class PaperClaimsExample {
  private static final List<String> NETWORKS =
      List.of(
          "plain20_cifar", "plain56_cifar", "resnet20_cifar", "resnet56_cifar", "resnet20_cifar_b");

  private PaperClaimsExample() {}

  public static void main(String[] arguments) throws IOException {
    Dataset data = Dataset.of(arguments.length > 0 ? arguments[0] : "cifar10");
    int seeds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
    Path folder = Path.of(arguments.length > 3 ? arguments[3] : "runs/paper-claims");

    PaperClaims claims = new PaperClaims(data, epochs, folder);
    StringBuilder table =
        new StringBuilder(
            """
            | network | training loss | training error | test accuracy | layer responses |
            |---|---|---|---|---|
            """);
    for (String network : NETWORKS) {
      List<Measured> runs = new ArrayList<>();
      for (int seed = 1; seed <= seeds; seed++) {
        runs.add(claims.measure(network, seed));
      }
      table.append(
          "| `%s` | %s | %s | %s | %s |%n"
              .formatted(
                  network,
                  spread(runs, Measured::loss),
                  spread(runs, Measured::error),
                  spread(runs, Measured::accuracy),
                  spread(runs, Measured::response)));
    }
    System.out.print(table);
  }

  /** Returns mean ± std over the runs; the std is that of a sample, and missing of one run. */
  static String spread(List<Measured> runs, ToDoubleFunction<Measured> value) {
    double mean = runs.stream().mapToDouble(value).average().orElseThrow();
    double squares =
        runs.stream().mapToDouble(run -> Math.pow(value.applyAsDouble(run) - mean, 2)).sum();
    return runs.size() == 1
        ? String.format(Locale.ROOT, "%.3f", mean)
        : String.format(Locale.ROOT, "%.3f ± %.3f", mean, Math.sqrt(squares / (runs.size() - 1)));
  }
}
