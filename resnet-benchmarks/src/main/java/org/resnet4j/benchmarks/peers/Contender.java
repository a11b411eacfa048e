package org.resnet4j.benchmarks.peers;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.resnet4j.onednn.Precision;

/**
 * A row of the comparison.
 *
 * @param id what {@code --only} takes
 * @param title for people
 * @param program name of the main class, or of the Python script
 * @param works what it can do
 */
public record Contender(
    String id, String title, Kind kind, Precision precision, String program, Set<Work> works) {

  /** What a row stands for. */
  public enum Kind {
    /** This project's engine. */
    OURS,
    /** Somebody else's. */
    PEER,
    /** What none can pass. */
    BOUND
  }

  private static final String PACKAGE = Contender.class.getPackageName() + ".";
  static final String PYTHON = "peer.py";
  private static final Set<Work> BOTH = EnumSet.allOf(Work.class);
  private static final Set<Work> INFERENCE = EnumSet.of(Work.INFERENCE);

  /** Everyone, in the order of rows. */
  public static final List<Contender> ALL =
      List.of(
          java("ours-fp32", "resnet4j", Kind.OURS, Precision.FP32, "OursRun", BOTH),
          java("ours-bf16", "resnet4j", Kind.OURS, Precision.BF16, "OursRun", BOTH),
          java("dl4j", "Deeplearning4j", Kind.PEER, Precision.FP32, "StockRun", BOTH),
          java(
              "onnxruntime",
              "ONNX Runtime",
              Kind.PEER,
              Precision.FP32,
              "OnnxRuntimeRun",
              INFERENCE),
          java("djl-fp32", "PyTorch in DJL", Kind.PEER, Precision.FP32, "DjlRun", INFERENCE),
          java("djl-bf16", "PyTorch in DJL", Kind.PEER, Precision.BF16, "DjlRun", INFERENCE),
          new Contender("pytorch-fp32", "PyTorch", Kind.PEER, Precision.FP32, PYTHON, BOTH),
          new Contender("pytorch-bf16", "PyTorch", Kind.PEER, Precision.BF16, PYTHON, BOTH),
          java("bound-fp32", "oneDNN bound", Kind.BOUND, Precision.FP32, "BoundRun", BOTH),
          java("bound-bf16", "oneDNN bound", Kind.BOUND, Precision.BF16, "BoundRun", BOTH));

  /** For example {@code bf16}. */
  public String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Title and precision. */
  public String name() {
    return title + " " + precisionName();
  }

  /** Refuses an unknown id. */
  public static Contender byId(String id) {
    return ALL.stream()
        .filter(contender -> contender.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "contender: expected one of "
                        + ALL.stream().map(Contender::id).toList()
                        + " but was \""
                        + id
                        + "\""));
  }

  private static Contender java(
      String id, String title, Kind kind, Precision precision, String main, Set<Work> works) {
    return new Contender(id, title, kind, precision, PACKAGE + main, works);
  }

  /**
   * Whether waiting threads give way instead of spinning, as {@code ./resnet} has it for everything
   * on ND4J; the others keep their defaults.
   */
  boolean waitsPassively() {
    return id.startsWith("ours") || id.equals("dl4j");
  }
}
