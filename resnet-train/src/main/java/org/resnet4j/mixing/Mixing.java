package org.resnet4j.mixing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/**
 * The random combinations of images of which every batch gets one, each with the same probability,
 * as by torchvision's {@code RandomChoice}.
 *
 * <pre>{@code
 * Batches.of(source).shuffle(42).mixing(Mixing.of(new Mixup(0.2), new CutMix(1)))
 * }</pre>
 *
 * @param choices none for batches that stay as they are
 */
public record Mixing(List<BatchMix> choices) implements Json.Form {
  /** No combinations. */
  public static final Mixing NONE = new Mixing(List.of());

  private static final String CHOICES = "choices";
  private static final String KIND = "kind";
  private static final String ALPHA = "alpha";
  private static final int MOST_CHOICES = 16;

  private enum Kind {
    MIXUP,
    CUTMIX
  }

  public Mixing {
    choices = List.copyOf(choices);
    if (choices.size() > MOST_CHOICES) {
      throw new IllegalArgumentException(
          "mixing: expected at most %s choices but there are %s"
              .formatted(MOST_CHOICES, choices.size()));
    }
  }

  /** Returns a choice among {@code choices}. */
  public static Mixing of(BatchMix... choices) {
    return new Mixing(List.of(choices));
  }

  /** Combines images and labels of a batch in place; equal seeds give equal values. */
  public void apply(MixedBatch batch, RandomGenerator random) {
    if (!choices.isEmpty()) {
      choices.get(random.nextInt(choices.size())).apply(batch, random);
    }
  }

  /**
   * Returns these combinations as a tree of {@link Json}, which also writes it as a field of a
   * record: {@code {"choices": [{"kind": "MIXUP", "alpha": 0.2}, {"kind": "CUTMIX", "alpha":
   * 1.0}]}}.
   */
  @Override
  public Map<String, Object> toTree() {
    return Map.of(CHOICES, choices.stream().map(Mixing::tree).toList());
  }

  private static Map<String, Object> tree(BatchMix choice) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put(KIND, (choice instanceof Mixup ? Kind.MIXUP : Kind.CUTMIX).name());
    tree.put(ALPHA, choice.alpha());
    return tree;
  }

  /**
   * Returns the combinations of a tree that {@link #toTree} made, or that somebody wrote.
   *
   * @throws JsonException when a field is missing, unknown or out of range
   */
  public static Mixing ofTree(@Nullable Object tree) throws JsonException {
    try {
      return new Mixing(JsonFields.of("mixing", tree).only(CHOICES).objects(CHOICES, Mixing::mix));
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()), e);
    }
  }

  private static BatchMix mix(JsonFields fields) {
    fields.only(KIND, ALPHA);
    double alpha = fields.number(ALPHA);
    return switch (fields.constant(KIND, Kind.class)) {
      case MIXUP -> new Mixup(alpha);
      case CUTMIX -> new CutMix(alpha);
    };
  }
}
