package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Plan;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.RunRecord;

/** Recipes are listed, exported, edited, given back and planned. */
class RecipeCommandsTest {
  @TempDir Path folder;

  @Test
  void listHasEveryRecipeWithItsSource() throws IOException {
    CommandResult list = resnet("recipes");
    JsonNode rows = resnet("recipes", "--json").json();

    for (Recipe recipe : Recipes.all()) {
      assertThat(list.out()).contains(recipe.name(), recipe.description());
      assertThat(rows.findValuesAsText("name")).contains(recipe.name());
    }
  }

  @Test
  void exportedAndEditedRecipeIsTrainedBy() throws IOException {
    Path file = folder.resolve("mine.json");
    assertThat(resnet("recipes", "photos", "--to", file.toString()).status()).isZero();
    Files.writeString(file, Files.readString(file).replace("\"batch\" : 16", "\"batch\" : 4"));
    Path images = TwoClassImages.write(folder.resolve("images"));
    Path run = folder.resolve("run");

    CommandResult trained =
        resnet(
            "train",
            "--data=" + images,
            "--model=resnet8",
            "--recipe=" + file,
            "--set=epochs=2",
            "--set=schedule.warmup.epochs=0.5",
            "--out=" + run);

    assertThat(trained.status()).as(trained.err()).isZero();
    Recipe recorded = RunRecord.read(run.resolve("run.json")).setup().recipe();
    assertThat(recorded.name()).isEqualTo("mine");
    assertThat(recorded.batch()).isEqualTo(4);
    assertThat(recorded.epochs()).isEqualTo(2);
    assertThat(recorded.learningRate()).isEqualTo(Recipes.byName("photos").learningRate());
  }

  @Test
  void planHasEpochsAndStepsOfTheTraining() throws IOException {
    Path images = TwoClassImages.write(folder.resolve("images"));

    JsonNode plan =
        resnet(
                "plan",
                "--data=" + images,
                "--model=resnet8",
                "--epochs=7",
                "--seconds=0.01",
                "--json")
            .json();

    assertThat(plan.get("phases").get(0).get("epochs").asInt()).isEqualTo(7);
    assertThat(plan.get("recipe").get("name").asText()).isEqualTo("photos");
    assertThat(plan.get("seconds").asDouble()).isPositive();
    // Two floats for each parameter, its value and its velocity, and little else.
    long parameters = Plan.of(Architectures.byName("resnet8")).dl4jParameterCount();
    assertThat(plan.get("checkpointBytes").asLong())
        .isBetween(7 * parameters, 8 * parameters + 100_000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --set lr=fast | --set: learningRate: expected a number but was \"fast\"",
        "train --set lrr=1 | unknown field of a recipe \"lrr\"; the nearest are [",
        "train --recipe paper | unknown recipe \"paper\"; the nearest are [paper-cifar",
        "plan --seconds 0 | --seconds: expected more than 0",
        "recipes --to x.json | --to: expected the name of a recipe",
        "recipes papr | unknown recipe \"papr\"",
      })
  void whatNoRecipeHasIsRefusedAsUsage(String arguments, String message) {
    CommandResult answer = resnet(arguments.split(" ", -1));

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.err()).startsWith("resnet: ").contains(message);
  }

  @Test
  void missingRecipeFileIsNamed() {
    CommandResult answer = resnet("train", "--recipe", folder.resolve("none.json").toString());

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).contains("none.json").doesNotContain("Exception");
  }
}
