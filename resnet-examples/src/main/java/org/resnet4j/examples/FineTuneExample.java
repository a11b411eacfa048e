package org.resnet4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.training.FineTune;
import org.resnet4j.training.Trainer;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;

/**
 * A comparison of fine-tuning pretrained weights and training from scratch on a few images of new
 * classes, by the same recipe. Its arguments are data (a folder), weights (a name, or the folder of
 * a run), epochs and seed.
 */
public final class FineTuneExample {
  private FineTuneExample() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      throw new IllegalArgumentException(
          "fine-tune: expected data and weights, such as photos resnet18.tv_in1k_v1");
    }
    Dataset data = Dataset.of(arguments[0]);
    Path path = Path.of(arguments[1]);
    Model model = Files.exists(path) ? Models.open(path) : Models.pretrained(arguments[1]);
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 30;
    long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : 42;
    Path runs = Files.createTempDirectory("fine-tune");

    print("fine-tuned", FineTune.of(model), data, epochs, seed, runs);
    Trainer scratch = Trainer.of(model.requireArchitecture()).recipe(Recipes.byName("fine-tune"));
    print("from scratch", scratch, data, epochs, seed, runs);
  }

  private static void print(
      String name, Trainer trainer, Dataset data, int epochs, long seed, Path runs)
      throws IOException {
    Training.Result run =
        trainer
            .on(data)
            .adjust(recipe -> recipe.lasting(epochs))
            .seed(seed)
            .run(runs.resolve(name.replace(' ', '-')));
    System.out.printf(
        Locale.ROOT,
        "%-13s %.4f  %s%n",
        name,
        run.test().result().accuracy(),
        run.record().setup().test().origin());
  }
}
