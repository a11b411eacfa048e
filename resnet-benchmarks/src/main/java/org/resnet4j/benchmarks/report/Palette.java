package org.resnet4j.benchmarks.report;

import org.resnet4j.benchmarks.baselines.Engine;

/** The colours of engines: the hue is the precision; resnet4j has the strong tone. */
final class Palette {
  private Palette() {}

  static String of(Engine engine) {
    return switch (engine.precision()) {
      case BF16 -> tone(engine, "#d9480f", "#f4b183", "#a03406");
      case INT8 -> tone(engine, "#2b8a3e", "#a3d9ad", "#1b5727");
      default -> tone(engine, "#1864ab", "#9ec5e8", "#0b3d6b");
    };
  }

  private static String tone(Engine engine, String ours, String baseline, String roofline) {
    return switch (engine.kind()) {
      case OURS -> ours;
      case BASELINE -> baseline;
      case ROOFLINE -> roofline;
    };
  }
}
