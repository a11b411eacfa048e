package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;

/** Emits gradients that depend on the comparison of two arrays. */
final class Comparison {
  private Comparison() {}

  /**
   * Emits the gradient of a leaky ReLU: {@code gradient} where {@code known} is 0 or more, else the
   * slope times it. oneDNN's own gradient at 0 is the slope, Deeplearning4j's is 1.
   */
  static Buffer leaky(Activate op, Buffer known, Buffer gradient, TrainingContext to) {
    float slope = op.activation().alpha();
    long[] one = new long[op.output().rank()];
    Arrays.fill(one, 1);
    Buffer zero = to.assembly.planned(op.layer(), to.assembly.layout(one, OneDnnLibrary.F32));
    to.assembly.zero(op.layer(), zero);
    Test isPositive = new Test(dnnl.dnnl_binary_ge, known, zero);
    return masked(op.layer(), isPositive, 1 - slope, slope, gradient, to);
  }

  /**
   * A comparison of every element.
   *
   * @param algorithm oneDNN's, such as {@code dnnl_binary_ge}
   */
  record Test(int algorithm, Buffer left, Buffer right) {}

  /**
   * Emits {@code gradient · (scale · t + shift)}, where t is 1 where the test holds, else 0.
   *
   * @return a new buffer
   */
  static Buffer masked(
      String layer, Test test, float scale, float shift, Buffer gradient, TrainingContext to) {
    Buffer into = to.assembly.planned(layer, gradient.layout);
    dnnl_primitive_attr after = to.assembly.attributes();
    dnnl_post_ops operations = new dnnl_post_ops();
    OneDnnLibrary.check(dnnl.dnnl_post_ops_create(operations), "making post-operations");
    OneDnnLibrary.check(
        dnnl.dnnl_post_ops_append_eltwise(operations, dnnl.dnnl_eltwise_linear, scale, shift),
        "appending a function");
    OneDnnLibrary.check(
        dnnl.dnnl_post_ops_append_binary(operations, dnnl.dnnl_binary_mul, gradient.layout),
        "appending a product");
    OneDnnLibrary.check(
        dnnl.dnnl_primitive_attr_set_post_ops(after, operations), "setting post-operations");
    dnnl.dnnl_post_ops_destroy(operations);
    dnnl_memory_desc left = test.left.layout;
    dnnl_memory_desc right = test.right.layout;
    dnnl_primitive_desc descriptor =
        to.assembly.describe(
            layer + ": gradient of a comparison",
            (made, engine) ->
                dnnl.dnnl_binary_primitive_desc_create(
                    made, engine, test.algorithm, left, right, into.layout, after));
    to.assembly.execute(
        layer,
        "backward",
        descriptor,
        Argument.source(test.left),
        Argument.secondSource(test.right),
        Argument.secondOfPostOperation(1, gradient),
        Argument.destination(into));
    return into;
  }
}
