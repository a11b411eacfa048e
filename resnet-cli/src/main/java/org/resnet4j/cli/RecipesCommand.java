package org.resnet4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.RecipeFile;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.support.Json;
import org.resnet4j.training.RecipeCost;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "recipes",
    description = {
      "Lists the training recipes: what each trains, its cost and its source.",
      "With a name, prints the fields of that recipe, or writes them to a file for --recipe."
    },
    mixinStandardHelpOptions = true)
final class RecipesCommand implements Callable<Integer>, Checked {
  private static final double PETA = 1e15;

  @Spec CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Recipe to print.",
      completionCandidates = RecipeOptions.Names.class)
  @Nullable String name;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Write the recipe to a JSON file, to be edited.")
  @Nullable Path to;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  /**
   * A line of the list.
   *
   * @param petaflops in training; null for the user's own data
   */
  record Row(
      String name,
      String model,
      String dataset,
      int epochs,
      int batch,
      @Nullable Double petaflops,
      String description) {
    static Row of(Recipe recipe) {
      Double operations = RecipeCost.operations(recipe);
      return new Row(
          recipe.name(),
          recipe.model(),
          recipe.dataset(),
          recipe.epochs(),
          recipe.batch(),
          operations == null ? null : operations / PETA,
          recipe.description());
    }
  }

  @Override
  public void check() {
    if (name != null) {
      Recipes.byName(name);
    } else if (to != null) {
      throw new IllegalArgumentException(
          "--to: expected the name of a recipe before it, for example ./resnet recipes photos --to mine.json");
    }
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (name != null) {
      Recipe recipe = Recipes.byName(name);
      if (to == null) {
        Json.print(recipe, out);
      } else {
        RecipeFile.write(recipe, to);
        out.println(to);
      }
    } else if (json) {
      Json.print(Recipes.all().stream().map(Row::of).toList(), out);
    } else {
      print(out);
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out) {
    out.printf(
        "%-16s %-16s %-14s %6s %6s %9s%n", "name", "model", "data", "epochs", "batch", "PFLOP");
    for (Recipe recipe : Recipes.all()) {
      Row row = Row.of(recipe);
      out.printf(
          Locale.ROOT,
          "%-16s %-16s %-14s %6d %6d %9s%n    %s%n",
          row.name(),
          row.model(),
          row.dataset(),
          row.epochs(),
          row.batch(),
          row.petaflops() == null ? "-" : String.format(Locale.ROOT, "%.3g", row.petaflops()),
          row.description());
    }
    out.println();
    out.println(
        "PFLOP: floating-point operations of the training, 10^15, of model and data of the recipe."
            + " Minutes on this machine: ./resnet plan --recipe NAME");
  }
}
