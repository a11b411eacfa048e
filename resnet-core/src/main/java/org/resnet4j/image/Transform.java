package org.resnet4j.image;

import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/** A random change of training images that keeps their shape. */
public sealed interface Transform extends Json.Form
    permits HorizontalFlip, RandomCrop, RandomResizedCrop {
  /** Returns the changed image, or {@code image} itself; equal seeds give equal pixels. */
  Image apply(Image image, RandomGenerator random);

  /** Returns the fields of this transform, and its kind, as a tree of {@link Json}. */
  @Override
  default Map<String, Object> toTree() {
    return PipelineJson.tree(this);
  }

  /**
   * Returns the transform of a tree that {@link #toTree} made, or that somebody wrote.
   *
   * @throws JsonException when a field is missing, unknown or out of range
   */
  static Transform ofTree(@Nullable Object tree) throws JsonException {
    return PipelineJson.transform(tree);
  }
}
