package org.resnet4j.zoo;

import java.util.List;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;

/**
 * A part of a network, from the images to the classes; stages are numbered as papers on detection
 * do: C2 is the first.
 */
public enum StageName {
  STEM,
  C2,
  C3,
  C4,
  C5,
  HEAD;

  private static final List<StageName> STAGES = List.of(C2, C3, C4, C5);

  /** Where a layer stands; the input belongs to the stem. */
  static StageName of(LayerPath path) {
    return switch (path.place()) {
      case INPUT, STEM -> STEM;
      case STAGE -> STAGES.get(path.stage());
      case HEAD -> HEAD;
    };
  }

  /** Refuses a row with more stages than have names here. */
  static void requireAllNamed(Architecture row) {
    if (row.blocks().stages() > STAGES.size()) {
      throw new IllegalArgumentException(
          "%s: expected at most %s stages, %s to %s, but there are %s"
              .formatted(row.name(), STAGES.size(), C2, C5, row.blocks().stages()));
    }
  }

  /** Refuses a stage that {@code row} has not. */
  void requireIn(Architecture row) {
    int stages = row.blocks().stages();
    if (STAGES.indexOf(this) >= stages) {
      throw new IllegalArgumentException(
          "%s: expected one of its parts, STEM, C2 to %s or HEAD, but was %s"
              .formatted(row.name(), STAGES.get(stages - 1), this));
    }
  }
}
