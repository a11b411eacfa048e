package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/** Emits the gradients of an operation with weights and a bias. */
public final class WeightGradients {
  /**
   * The page size. Addresses that differ by a multiple of it map to the same set of the L1 cache.
   */
  private static final int PAGE = 4096;

  private final TrainingContext to;
  private final Assembly assembly;
  private final String layer;

  public WeightGradients(TrainingContext to, String layer) {
    this.to = to;
    this.layer = layer;
    assembly = to.assembly;
  }

  /**
   * Emits the primitive {@code descriptor}, which computes the gradient of {@code input}.
   *
   * @return the gradient
   */
  public Buffer ofInput(
      dnnl_primitive_desc descriptor, Buffer gradient, Buffer weights, Value input) {
    Buffer into = assembly.planned(layer, to.layout(input));
    assembly.execute(
        layer,
        "backward data",
        descriptor,
        Argument.destinationGradient(gradient),
        Argument.weights(
            assembly.in(
                Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS), weights, layer, "weights")),
        Argument.sourceGradient(into));
    return into;
  }

  /**
   * Returns the buffer that takes the gradient of {@code bias}; null if it is not trained, or is
   * zero for all data.
   */
  public @Nullable Buffer ofBias(@Nullable Parameter bias, Value output) {
    if (bias == null || bias.gradient() == null) {
      return null;
    }
    Buffer gradient = to.vector(layer, bias.gradient());
    if (to.isCentred(output)) {
      assembly.zero(layer, gradient);
      return null;
    }
    return gradient;
  }

  /**
   * Emits the primitive {@code descriptor}, which computes the gradient of {@code weights}.
   *
   * @param plain the layout in which Deeplearning4j stores the gradient
   */
  public void ofWeights(
      dnnl_primitive_desc descriptor,
      dnnl_memory_desc plain,
      long[] shape,
      Parameter weights,
      Argument... arguments) {
    dnnl_memory_desc wanted = Assembly.wanted(descriptor, dnnl.DNNL_ARG_DIFF_WEIGHTS);
    INDArray gradient = weights.gradient();
    Buffer own =
        gradient == null ? null : assembly.external(layer, plain, Memory.address(gradient));
    Buffer into =
        own != null && OneDnnLibrary.equal(wanted, plain) ? own : assembly.planned(layer, wanted);
    assembly.execute(
        layer,
        "backward weights",
        descriptor,
        Argument.plus(Argument.weightGradient(into), arguments));
    if (own != null && into != own) {
      assembly.reorder(layer, "weight gradient", spread(into, shape), own);
    }
  }

  /**
   * Returns a buffer for the gradient of a 1×1 kernel, with longer rows where rows are multiples of
   * a page. Rows of whole pages map to few cache sets and are written at 2 GB/s; longer rows are
   * five times as fast.
   */
  private Buffer spread(Buffer gradient, long[] shape) {
    boolean pages =
        shape.length == 4 && shape[2] * shape[3] == 1 && shape[1] * Float.BYTES % PAGE == 0;
    if (!pages) {
      return gradient;
    }
    long row = shape[1] + ImageLayout.BLOCK;
    Buffer spread = assembly.planned(layer, assembly.strided(shape, new long[] {row, 1, 1, 1}));
    assembly.reorder(layer, "weight gradient", gradient, spread);
    return spread;
  }
}
