package org.resnet4j.image;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/**
 * The random changes of training images, in their order.
 *
 * @param transforms each changes the result of the one before; a {@link RandomResizedCrop} comes
 *     first
 */
public record Augmentations(List<Transform> transforms) implements Json.Form {
  /** No changes. */
  public static final Augmentations NONE = new Augmentations(List.of());

  private static final String TRANSFORMS = "transforms";

  public Augmentations {
    transforms = List.copyOf(transforms);
  }

  /** Returns the changes {@code inOrder}. */
  public static Augmentations of(Transform... inOrder) {
    return new Augmentations(List.of(inOrder));
  }

  /**
   * Returns these changes as a tree of {@link Json}, which also writes it as a field of a record:
   * {@code {"transforms": [{"kind": "HORIZONTAL_FLIP", "probability": 0.5}]}}.
   */
  @Override
  public Map<String, Object> toTree() {
    return Map.of(TRANSFORMS, transforms.stream().map(TransformJson::tree).toList());
  }

  /**
   * Returns the changes of a tree that {@link #toTree} made, or that somebody wrote.
   *
   * @throws JsonException when a field is missing, unknown or out of range
   */
  public static Augmentations ofTree(@Nullable Object tree) throws JsonException {
    try {
      return new Augmentations(
          JsonFields.of("augmentations", tree)
              .only(TRANSFORMS)
              .objects(TRANSFORMS, TransformJson::transform));
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the transforms for people, in one line. */
  @Override
  public String toString() {
    return transforms.isEmpty() ? "none" : transforms.toString();
  }
}
