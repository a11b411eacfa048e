package org.resnet4j.zoo;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;

/**
 * A part of a network, from its input to its classifier. Stages are numbered as in papers on
 * detection: C2 is the first.
 */
public enum StageName {
  STEM,
  C2,
  C3,
  C4,
  C5,
  HEAD;

  private static final List<StageName> STAGES = List.of(C2, C3, C4, C5);

  /** Returns the part that a layer belongs to; the input belongs to the stem. */
  static StageName of(LayerPath path) {
    return switch (path.place()) {
      case INPUT, STEM -> STEM;
      case STAGE -> STAGES.get(path.stage());
      case HEAD -> HEAD;
    };
  }

  /** Returns the parts of an architecture. */
  public static List<StageName> of(Architecture architecture) {
    requireAllNamed(architecture);
    int stages = architecture.blocks().stages();
    return Stream.of(values()).filter(part -> STAGES.indexOf(part) < stages).toList();
  }

  /** Returns a stage counted from the last, which is -1; null if there are not so many. */
  public static @Nullable StageName stage(Architecture architecture, int fromLast) {
    requireAllNamed(architecture);
    int index = architecture.blocks().stages() + fromLast;
    return index < 0 ? null : STAGES.get(index);
  }

  /** Refuses an architecture with more stages than there are names. */
  static void requireAllNamed(Architecture architecture) {
    if (architecture.blocks().stages() > STAGES.size()) {
      throw new IllegalArgumentException(
          "%s: expected at most %s stages, %s to %s, but there are %s"
              .formatted(
                  architecture.name(), STAGES.size(), C2, C5, architecture.blocks().stages()));
    }
  }

  /** Refuses a stage that {@code architecture} does not have. */
  public void requireIn(Architecture architecture) {
    int stages = architecture.blocks().stages();
    if (STAGES.indexOf(this) >= stages) {
      throw new IllegalArgumentException(
          "%s: expected one of its parts, STEM, C2 to %s or HEAD, but was %s"
              .formatted(architecture.name(), STAGES.get(stages - 1), this));
    }
  }
}
