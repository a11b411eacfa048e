package org.resnet4j.recipe;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.resnet4j.image.Augmentations;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.RandomCrop;
import org.resnet4j.image.RandomResizedCrop;
import org.resnet4j.image.Transform;
import org.resnet4j.support.Json;

/**
 * The old form of a recipe in run records: augmentations were three names without values, and the
 * schedule was four fields of the recipe.
 */
public final class OldRecipe {
  private static final Map<String, Transform> NAMED =
      Map.of(
          "RANDOM_RESIZED_CROP", new RandomResizedCrop(0.35),
          "CROP_PADDING_4", new RandomCrop(4),
          "HORIZONTAL_FLIP", new HorizontalFlip());

  private OldRecipe() {}

  /** Rewrites the recipe in {@code setup} of a run record, a parsed JSON tree. */
  @SuppressWarnings("unchecked") // objects of a tree are maps by name
  public static void upgrade(@Nullable Object setup) {
    if (setup instanceof Map<?, ?> fields && fields.get("recipe") instanceof Map<?, ?> recipe) {
      upgradeAugmentations((Map<String, Object>) recipe);
      upgradeSchedule((Map<String, Object>) recipe);
    }
  }

  private static void upgradeAugmentations(Map<String, Object> recipe) {
    if (recipe.get("augmentations") instanceof List<?> augmentations) {
      Transform[] named =
          augmentations.stream()
              .map(name -> name instanceof String text ? NAMED.get(text) : null)
              .filter(Objects::nonNull)
              .toArray(Transform[]::new);
      if (named.length == augmentations.size()) {
        recipe.put("augmentations", Augmentations.of(named).toTree());
      }
    }
  }

  private static void upgradeSchedule(Map<String, Object> recipe) {
    Object kind = recipe.get("decay");
    if (kind == null || recipe.containsKey("schedule")) {
      return;
    }
    Map<String, Object> schedule = RecipeFile.copy(Json.tree(RateSchedule.CONSTANT));
    Map<String, Object> warmup = RecipeFile.copy(schedule.get("warmup"));
    schedule.put("kind", kind);
    schedule.put(
        "unit",
        kind.equals("STEPS") ? RateSchedule.Unit.EPOCH.name() : RateSchedule.Unit.STEP.name());
    move(recipe, "milestones", schedule, "milestones");
    move(recipe, "decayFactor", schedule, "factor");
    move(recipe, "warmupEpochs", warmup, "epochs");
    schedule.put("warmup", warmup);
    recipe.remove("decay");
    recipe.put("schedule", schedule);
  }

  private static void move(
      Map<String, Object> from, String name, Map<String, Object> to, String newName) {
    Object value = from.remove(name);
    if (value != null) {
      to.put(newName, value);
    }
  }
}
