package org.resnet4j.onednn.conv;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.FoldedWeights;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/** 3×3 convolutions by Winograd's minimal filtering where a cost formula predicts a gain. */
final class WinogradKernel implements ConvKernel {
  @Override
  public boolean supports(ConvShape op, Purpose purpose, EmitContext to) {
    return to.isBlocked()
        && purpose != Purpose.BACKWARD_WEIGHTS_AND_BIAS
        && WinogradCost.tiles(op, purpose) != null;
  }

  private static Winograd winograd(ConvShape op, Purpose purpose, EmitContext to) {
    return new Winograd(
        to.assembly, op, Objects.requireNonNull(WinogradCost.tiles(op, purpose), op.layer()));
  }

  @Override
  public Runnable infer(
      ConvShape op, Supplier<FoldedWeights> folded, @Nullable Value addend, InferenceContext to) {
    return PackedConv.infer(op, folded, addend, to, winograd(op, Purpose.INFERENCE, to)::prepare);
  }

  @Override
  public void forward(ConvShape op, Buffer weights, @Nullable Buffer bias, TrainingContext to) {
    Winograd winograd = winograd(op, Purpose.FORWARD, to);
    winograd.forward(
        to.at(op.input()),
        winograd.weights().transformed(weights, false, false),
        bias,
        false,
        Nonlinearity.IDENTITY,
        to.make(op.output()));
  }

  @Override
  public Buffer backwardData(ConvShape op, Buffer weights, Buffer gradient, TrainingContext to) {
    Winograd winograd = winograd(op, Purpose.BACKWARD_DATA, to);
    Buffer into = to.assembly.planned(op.layer(), to.layout(op.input()));
    winograd.backwardData(gradient, winograd.weights().transformed(weights, true, false), into);
    return into;
  }

  @Override
  public void backwardWeights(
      ConvShape op, Parameter weights, @Nullable Buffer bias, Buffer gradient, TrainingContext to) {
    winograd(op, Purpose.BACKWARD_WEIGHTS, to)
        .backwardWeights(
            to.at(op.input()),
            gradient,
            to.assembly.external(
                op.layer(),
                op.plainWeights(to),
                Memory.address(Objects.requireNonNull(weights.gradient(), op.layer()))));
  }
}
