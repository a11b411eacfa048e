package org.resnet4j.benchmarks.report;

import org.resnet4j.benchmarks.baselines.Engine;
import org.resnet4j.onednn.Precision;

/** The colours of engines: the hue is the precision; resnet4j has the strong tone. */
final class Palette {
  private Palette() {}

  static String of(Engine engine) {
    boolean bf16 = engine.precision() == Precision.BF16;
    return switch (engine.kind()) {
      case OURS -> bf16 ? "#d9480f" : "#1864ab";
      case BASELINE -> bf16 ? "#f4b183" : "#9ec5e8";
      case ROOFLINE -> bf16 ? "#a03406" : "#0b3d6b";
    };
  }
}
