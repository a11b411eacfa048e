package org.resnet4j.image;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/** A random change of training images that keeps their shape. */
public sealed interface Transform extends Json.Form
    permits HorizontalFlip,
        VerticalFlip,
        RandomCrop,
        RandomResizedCrop,
        ColorJitter,
        RandomGrayscale,
        RandomErasing,
        Cutout,
        TrivialAugmentWide,
        RandAugment,
        AutoAugment,
        AugMix {
  /** Returns the changed image, or {@code image} itself; equal seeds give equal pixels. */
  Image apply(Image image, RandomGenerator random);

  /** Returns the fields of this transform, and its kind, as a tree of {@link Json}. */
  @Override
  default Map<String, Object> toTree() {
    return TransformJson.tree(this);
  }

  /**
   * Returns the transform of a tree that {@link #toTree} made, or that somebody wrote.
   *
   * @throws JsonException when a field is missing, unknown or out of range
   */
  static Transform ofTree(@Nullable Object tree) throws JsonException {
    try {
      return TransformJson.transform(JsonFields.of("transform", tree));
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()), e);
    }
  }
}
