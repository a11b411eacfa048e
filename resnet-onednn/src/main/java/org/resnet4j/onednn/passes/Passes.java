package org.resnet4j.onednn.passes;

import java.util.List;
import java.util.function.UnaryOperator;
import org.resnet4j.onednn.exec.Program;

/** Runs the passes over a program in their order. */
public final class Passes {
  private static final List<UnaryOperator<Program>> INFERENCE =
      List.of(
          FoldPadding::apply,
          FoldBatchNorm::apply,
          FuseActivations::apply,
          ReadWhileCached::apply,
          FuseSums::apply,
          FuseActivations::apply);

  private static final List<UnaryOperator<Program>> TRAINING =
      List.of(FoldPadding::apply, FuseActivations::afterNormsAndSums);

  private Passes() {}

  public static Program forInference(Program program) {
    return run(INFERENCE, program);
  }

  public static Program forTraining(Program program) {
    return run(TRAINING, program);
  }

  private static Program run(List<UnaryOperator<Program>> passes, Program program) {
    Program result = program;
    for (UnaryOperator<Program> pass : passes) {
      result = pass.apply(result);
    }
    return result;
  }
}
