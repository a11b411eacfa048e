package org.resnet4j.benchmarks.peers;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.resnet4j.onednn.Precision;

/**
 * An engine in the comparison: resnet4j, a baseline or the primitive roofline.
 *
 * @param id value of {@code --only}
 * @param title for people
 * @param program name of the main class, or of the Python script
 * @param works the supported computations
 */
public record Contender(
    String id, String title, Kind kind, Precision precision, String program, Set<Work> works) {

  /** The role of an engine. */
  public enum Kind {
    /** The engine of this project. */
    OURS,
    /** A baseline. */
    PEER,
    /** The primitive roofline. */
    BOUND
  }

  private static final String PACKAGE = Contender.class.getPackageName() + ".";
  static final String PYTHON = "peer.py";
  private static final Set<Work> BOTH = EnumSet.allOf(Work.class);
  private static final Set<Work> INFERENCE = EnumSet.of(Work.INFERENCE);

  /** The engines, in the order of the table. */
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
          java("bound-fp32", "oneDNN roofline", Kind.BOUND, Precision.FP32, "BoundRun", BOTH),
          java("bound-bf16", "oneDNN roofline", Kind.BOUND, Precision.BF16, "BoundRun", BOTH));

  /** Returns the precision, for example {@code bf16}. */
  public String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Returns title and precision. */
  public String name() {
    return title + " " + precisionName();
  }

  /** Returns the engine with that id; refuses an unknown one. */
  public static Contender byId(String id) {
    return ALL.stream()
        .filter(contender -> contender.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine: expected one of "
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
   * Returns whether waiting threads sleep instead of spinning. {@code ./resnet} sets this for all
   * programs on ND4J; the other engines keep their defaults.
   */
  boolean waitsPassively() {
    return id.startsWith("ours") || id.equals("dl4j");
  }
}
