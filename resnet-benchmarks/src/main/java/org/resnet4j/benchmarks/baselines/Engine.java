package org.resnet4j.benchmarks.baselines;

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
public record Engine(
    String id, String title, Kind kind, Precision precision, String program, Set<Work> works) {

  /** The role of an engine. */
  public enum Kind {
    /** The engine of this project. */
    OURS,
    /** A baseline. */
    BASELINE,
    /** The primitive roofline. */
    ROOFLINE
  }

  private static final String PACKAGE = Engine.class.getPackageName() + ".";
  static final String PYTHON = "baseline.py";
  private static final Set<Work> BOTH = EnumSet.allOf(Work.class);
  private static final Set<Work> INFERENCE = EnumSet.of(Work.INFERENCE);

  /** The engines, in the order of the table. */
  public static final List<Engine> ALL =
      List.of(
          java("ours-fp32", "resnet4j", Kind.OURS, Precision.FP32, "OursRun", BOTH),
          java("ours-bf16", "resnet4j", Kind.OURS, Precision.BF16, "OursRun", BOTH),
          java("ours-int8", "resnet4j", Kind.OURS, Precision.INT8, "OursRun", INFERENCE),
          java("dl4j", "Deeplearning4j", Kind.BASELINE, Precision.FP32, "StockRun", BOTH),
          java(
              "onnxruntime",
              "ONNX Runtime",
              Kind.BASELINE,
              Precision.FP32,
              "OnnxRuntimeRun",
              INFERENCE),
          java(
              "onnxruntime-int8",
              "ONNX Runtime",
              Kind.BASELINE,
              Precision.INT8,
              "OnnxRuntimeRun",
              INFERENCE),
          java("djl-fp32", "PyTorch in DJL", Kind.BASELINE, Precision.FP32, "DjlRun", INFERENCE),
          java("djl-bf16", "PyTorch in DJL", Kind.BASELINE, Precision.BF16, "DjlRun", INFERENCE),
          new Engine("pytorch-fp32", "PyTorch", Kind.BASELINE, Precision.FP32, PYTHON, BOTH),
          new Engine("pytorch-bf16", "PyTorch", Kind.BASELINE, Precision.BF16, PYTHON, BOTH),
          java(
              "roofline-fp32",
              "oneDNN roofline",
              Kind.ROOFLINE,
              Precision.FP32,
              "RooflineRun",
              BOTH),
          java(
              "roofline-bf16",
              "oneDNN roofline",
              Kind.ROOFLINE,
              Precision.BF16,
              "RooflineRun",
              BOTH));

  /** Returns the precision, for example {@code bf16}. */
  public String precisionName() {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Returns title and precision. */
  public String name() {
    return title + " " + precisionName();
  }

  /** Returns the engine with that id; refuses an unknown one. */
  public static Engine byId(String id) {
    return ALL.stream()
        .filter(engine -> engine.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine: expected one of "
                        + ALL.stream().map(Engine::id).toList()
                        + " but was \""
                        + id
                        + "\""));
  }

  private static Engine java(
      String id, String title, Kind kind, Precision precision, String main, Set<Work> works) {
    return new Engine(id, title, kind, precision, PACKAGE + main, works);
  }

  /**
   * Returns whether waiting threads sleep instead of spinning. {@code ./resnet} sets this for all
   * programs on ND4J; the other engines keep their defaults.
   */
  boolean waitsPassively() {
    return id.startsWith("ours") || id.equals("dl4j");
  }
}
