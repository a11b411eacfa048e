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

/** The old form of augmentations in run records: three names without values. */
public final class OldAugmentations {
  private static final Map<String, Transform> NAMED =
      Map.of(
          "RANDOM_RESIZED_CROP", new RandomResizedCrop(0.35),
          "CROP_PADDING_4", new RandomCrop(4),
          "HORIZONTAL_FLIP", new HorizontalFlip());

  private OldAugmentations() {}

  /** Rewrites names in {@code setup} of a run record, a parsed JSON tree. */
  @SuppressWarnings("unchecked") // objects of a tree are maps by name
  public static void upgrade(@Nullable Object setup) {
    if (setup instanceof Map<?, ?> fields
        && fields.get("recipe") instanceof Map<?, ?> recipe
        && recipe.get("augmentations") instanceof List<?> augmentations) {
      Transform[] named =
          augmentations.stream()
              .map(name -> name instanceof String text ? NAMED.get(text) : null)
              .filter(Objects::nonNull)
              .toArray(Transform[]::new);
      if (named.length == augmentations.size()) {
        ((Map<String, Object>) recipe).put("augmentations", Augmentations.of(named).toTree());
      }
    }
  }
}
