package org.resnet4j.onednn.conv;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.ImageLayout;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.ir.Window;

/** Creates the primitive descriptors of convolutions, and avoids implementations with faults. */
final class ConvDescriptors {
  private final Assembly assembly;
  private final ConvShape op;
  private final Window window;

  ConvDescriptors(Assembly assembly, ConvShape op) {
    this.assembly = assembly;
    this.op = op;
    window = op.window();
  }

  /** The layouts of a convolution's operands. */
  record Layouts(
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      @Nullable dnnl_memory_desc bias,
      dnnl_memory_desc destination) {}

  dnnl_primitive_desc forward(boolean training, Layouts layouts, dnnl_primitive_attr attributes) {
    dnnl_primitive_desc made =
        assembly.describe(
            op.layer() + ": convolution",
            (descriptor, engine) ->
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                    descriptor,
                    engine,
                    training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                    dnnl.dnnl_convolution_direct,
                    layouts.source,
                    layouts.weights,
                    layouts.bias,
                    layouts.destination,
                    window.stride(),
                    window.gaps(),
                    window.padBegin(),
                    window.padEnd(),
                    attributes));
    if (window.readsPaddingAlone(op.input())) {
      avoid("brg", made, "a convolution with outputs that read only padding");
    } else if (hasOneStridedColumn()) {
      avoid("brg", made, "a strided convolution of one channel whose output is one pixel wide");
    }
    return made;
  }

  /**
   * Selects another implementation than those with {@code name} in theirs, alone or as {@code
   * jit_uni_ncsp:conv+brg_conv_fwd}. oneDNN 3.11's {@code brg_conv_fwd} calls kernels that it has
   * not generated for outputs that read only padding, and the process crashes.
   */
  private void avoid(String name, dnnl_primitive_desc descriptor, String what) {
    while (OneDnnLibrary.implementation(descriptor).contains(name)) {
      OneDnnLibrary.check(dnnl.dnnl_primitive_desc_next_impl(descriptor), op.layer() + ": " + what);
    }
  }

  /**
   * Returns whether oneDNN 3.11's {@code brg_conv_fwd} for AVX-512 would read pixels beyond the
   * image: for one channel, if the output is one pixel wide and has a stride.
   */
  private boolean hasOneStridedColumn() {
    return op.input().size(1) == op.groups()
        && op.output().size(3) == 1
        && window.stride()[1] > 1
        && window.kernel()[1] > 1;
  }

  dnnl_primitive_desc backwardData(Layouts layouts, dnnl_primitive_desc hint) {
    return assembly.describe(
        op.layer() + ": gradient of the input",
        (descriptor, engine) ->
            dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                descriptor,
                engine,
                dnnl.dnnl_convolution_direct,
                layouts.source,
                layouts.weights,
                layouts.destination,
                window.stride(),
                window.gaps(),
                window.padBegin(),
                window.padEnd(),
                hint,
                assembly.attributes()));
  }

  dnnl_primitive_desc backwardWeights(Layouts layouts, dnnl_primitive_desc hint) {
    dnnl_primitive_desc made =
        assembly.describe(
            op.layer() + ": gradient of the weights",
            (descriptor, engine) ->
                dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                    descriptor,
                    engine,
                    dnnl.dnnl_convolution_direct,
                    layouts.source,
                    layouts.weights,
                    layouts.bias,
                    layouts.destination,
                    window.stride(),
                    window.gaps(),
                    window.padBegin(),
                    window.padEnd(),
                    hint,
                    assembly.attributes()));
    avoidUnitStride(made);
    return made;
  }

  /**
   * Selects another implementation than oneDNN 3.11's {@code jit_1x1} for strided kernels of
   * channels that do not fill blocks. With several threads, it gives wrong gradients of weights and
   * writes beyond its memory.
   */
  private void avoidUnitStride(dnnl_primitive_desc descriptor) {
    boolean strided = Math.max(window.stride()[0], window.stride()[1]) > 1;
    boolean whole =
        op.input().size(1) % ImageLayout.BLOCK == 0 && op.output().size(1) % ImageLayout.BLOCK == 0;
    if (strided && !whole) {
      avoid("jit_1x1", descriptor, "a strided 1×1 convolution of channels that do not fill blocks");
    }
  }
}
