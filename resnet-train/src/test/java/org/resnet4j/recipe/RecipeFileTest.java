package org.resnet4j.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A recipe is exported, edited and read again, and any field is set by its name. */
class RecipeFileTest {
  private static final Recipe PAPER = Recipes.byName("paper-cifar");

  @TempDir Path folder;

  private static Recipe set(String... assignments) {
    return RecipeFile.set(PAPER, List.of(assignments));
  }

  static List<Recipe> all() {
    return List.copyOf(Recipes.all());
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyRecipeIsReadAsItWasWritten(Recipe recipe) throws IOException {
    Path file = folder.resolve("recipe.json");
    RecipeFile.write(recipe, file);

    assertThat(RecipeFile.read(file)).isEqualTo(recipe);
  }

  /** A recipe of a known name is adapted to the data, which must not undo what was edited. */
  @Test
  void anEditedRecipeHasTheNameOfItsFile() throws IOException {
    Path file = folder.resolve("mine.json");
    RecipeFile.write(Recipes.byName("photos").with(next -> next.epochs(100)), file);

    Recipe read = RecipeFile.read(file);

    assertThat(read.name()).isEqualTo("mine");
    assertThat(read.epochs()).isEqualTo(100);
  }

  @Test
  void fieldsAreSetByName() {
    assertThat(set("lr=0.2").learningRate()).isEqualTo(0.2);
    assertThat(set("learningRate = 2e-1").learningRate()).isEqualTo(0.2);
    assertThat(set("wd=0").weightDecay()).isZero();
    assertThat(set("schedule.milestones=[30, 60]").schedule().milestones()).containsExactly(30, 60);
    assertThat(set("lastBatch=DROP").batches(300)).isEqualTo(2);
    assertThat(set("statistics=none").statistics()).isEqualTo("none");
    assertThat(set("lr=0.1")).isEqualTo(PAPER);
    // Either alone would be refused.
    assertThat(set("schedule.kind=COSINE", "schedule.milestones=[]").schedule().kind())
        .isEqualTo(RateSchedule.Kind.COSINE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "learningrat=1 | unknown field of a recipe \"learningrat\"; the nearest are [learningRate",
        "lr | expected FIELD=VALUE",
        "=1 | expected FIELD=VALUE",
        "epochs=many | epochs: expected a whole number but was \"many\"",
        "epochs=0 | epochs: expected at least 1 but was 0",
        "momentum=1 | momentum: expected a value in [0, 1) but was 1.0",
        "epochs.x=1 | unknown field of a recipe \"x\"",
        "schedule.milestones=[] | milestones: expected some with STEPS",
        "name=null | it lacks the fields [name]",
        "batch=null | it lacks the fields [batch]",
        "epochs=1.5 | epochs: expected a whole number below 2^31 but was 1.5",
        "epochs=9999999999 | epochs: expected a whole number below 2^31 but was 9999999999",
        "lr=1e400 | learningRate: expected a finite number but was",
        "lr=NaN | learningRate: expected a number but was \"NaN\"",
        "wd=\"\" | weightDecay: expected a number but was \"\"",
        "optimizer=2 | optimizer: expected one of SGD, NESTEROV, ADAMW, LAMB, MUON but was 2",
        "averaging=null | it lacks the fields [averaging]",
        "averaging=[] | averaging: expected an object but was []",
        "averaging={\"decay\":0.9} | averaging lacks the fields [every]",
        "averaging={\"decay\":0.9,\"evry\":2} | averaging: unknown field of a recipe \"evry\"",
        "schedule.warmup={\"epochs\":1} | schedule.warmup lacks the fields [start, unit]",
        "schedule.milestones=[1.5] | schedule.milestones[0]: expected a whole number",
        "schedule.milestones=[null] | schedule.milestones[0]: expected a whole number",
        "labelThreshold=x | labelThreshold: expected a number but was \"x\"",
      })
  void whatCannotBeSetIsRefused(String assignment, String message) {
    assertThatThrownBy(() -> set(assignment))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** The label threshold, which is not written where there is none, is not what is missing. */
  @Test
  void theFieldThatIsWrongIsNamed() throws IOException {
    Path file = folder.resolve("recipe.json");
    RecipeFile.write(PAPER, file);
    Files.writeString(
        file, Files.readString(file).replace("\"momentum\" : 0.9", "\"momentum\" : 2"));

    assertThatThrownBy(() -> RecipeFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("momentum: expected a value in [0, 1) but was 2.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | expected a recipe",
        "{\"name\": \"mine\", \"model\": \"resnet18\"} | it lacks the fields [description, dataset",
        "{\"epoch\": 3} | unknown field of a recipe \"epoch\"; the nearest are [epochs",
        "{\"epochs\": 3, \"epochs\": 4} | Duplicate field",
        "not json | expected a recipe",
      })
  void whatIsNoRecipeIsRefused(String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("recipe.json"), text);

    assertThatThrownBy(() -> RecipeFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": expected a recipe")
        .hasMessageContaining(message);
  }

  @Test
  void otherBytesThanUtf8AndLongFilesAreRefused() throws IOException {
    Path latin = Files.write(folder.resolve("latin.json"), new byte[] {'"', (byte) 0xe9, '"'});
    Path zeros = Files.write(folder.resolve("zeros.json"), new byte[(1 << 20) + 1]);

    assertThatThrownBy(() -> RecipeFile.read(latin))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(latin + ": expected a recipe");
    assertThatThrownBy(() -> RecipeFile.read(zeros))
        .hasMessage(zeros + ": expected a recipe of at most 1048576 bytes but there are more");
  }
}
