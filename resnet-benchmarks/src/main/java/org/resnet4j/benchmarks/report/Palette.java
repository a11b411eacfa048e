package org.resnet4j.benchmarks.report;

import org.resnet4j.benchmarks.peers.Contender;
import org.resnet4j.onednn.Precision;

/** The colours of engines: the hue is the precision; resnet4j has the strong tone. */
final class Palette {
  private Palette() {}

  static String of(Contender contender) {
    boolean bf16 = contender.precision() == Precision.BF16;
    return switch (contender.kind()) {
      case OURS -> bf16 ? "#d9480f" : "#1864ab";
      case PEER -> bf16 ? "#f4b183" : "#9ec5e8";
      case BOUND -> bf16 ? "#a03406" : "#0b3d6b";
    };
  }
}
