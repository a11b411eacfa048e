package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;
import org.resnet4j.onednn.read.LayerReading;
import org.resnet4j.onednn.read.WindowReader;

/** A pooling; the output may be {@code [N, C]} if one pixel is left. */
public record Pool(String layer, Value input, Value output, Window window, Kind kind)
    implements UnaryOp {
  /** The reduction of a window to one number. */
  public enum Kind {
    MAXIMUM,
    AVERAGE,
    /** The mean of a window in which padding counts as zeros. */
    AVERAGE_WITH_PADDING;

    private int algorithm() {
      return switch (this) {
        case MAXIMUM -> dnnl.dnnl_pooling_max;
        case AVERAGE -> dnnl.dnnl_pooling_avg_exclude_padding;
        case AVERAGE_WITH_PADDING -> dnnl.dnnl_pooling_avg_include_padding;
      };
    }
  }

  /** Checks the shapes. */
  public Pool {
    Value images =
        output.rank() == 4 ? output : new Value(layer, output.size(0), output.size(1), 1, 1);
    Shapes.windowed(layer, input, images, window);
    if (output.size(1) != input.size(1)) {
      throw Shapes.refused(layer, "pooling does not compute " + output + " from " + input);
    }
    if (window.readsPaddingAlone(input)) {
      throw Shapes.refused(layer, window + " would pool only padding of " + input);
    }
  }

  static Value read(SubsamplingLayer configuration, Value in, LayerReading from) {
    from.expectImages(in, configuration.getCnn2dDataFormat());
    Window window = new WindowReader(from.name(), in).pool(configuration);
    Kind kind =
        switch (configuration.getPoolingType()) {
          case MAX -> Kind.MAXIMUM;
          case AVG ->
              configuration.isAvgPoolIncludePadInDivisor()
                  ? Kind.AVERAGE_WITH_PADDING
                  : Kind.AVERAGE;
          default -> throw from.unsupported("PoolingType." + configuration.getPoolingType());
        };
    Value out = new Value(from.name(), window.outputShape(in, in.size(1)));
    return from.add(new Pool(from.name(), in, out, window, kind));
  }

  static Value read(GlobalPoolingLayer configuration, Value in, LayerReading from) {
    if (in.rank() != 4) {
      throw from.unsupported("global pooling of " + in);
    }
    requireWhole(configuration, from);
    PoolingType type = configuration.getPoolingType();
    if (type != PoolingType.AVG && type != PoolingType.MAX) {
      throw from.unsupported("PoolingType." + type);
    }
    long[] shape =
        configuration.isCollapseDimensions()
            ? new long[] {in.size(0), in.size(1)}
            : new long[] {in.size(0), in.size(1), 1, 1};
    Kind kind = type == PoolingType.AVG ? Kind.AVERAGE : Kind.MAXIMUM;
    Value out = new Value(from.name(), shape);
    return from.add(new Pool(from.name(), in, out, Window.global(in), kind));
  }

  /** Refuses other axes than height and width; Deeplearning4j's default is that of NCHW. */
  private static void requireWhole(GlobalPoolingLayer configuration, LayerReading from) {
    int[] whole = from.isChannelsLast() ? new int[] {1, 2} : new int[] {2, 3};
    int[] set = configuration.getPoolingDimensions();
    int[] axes = set == null ? new int[] {2, 3} : set;
    if (!Arrays.equals(axes, whole)) {
      String format = from.isChannelsLast() ? "NHWC" : "NCHW";
      throw from.unsupported(
          "global pooling over the axes " + Arrays.toString(axes) + " of " + format + " images");
    }
    if (from.isChannelsLast() && !configuration.isCollapseDimensions()) {
      throw from.unsupported("global pooling of NHWC images to images");
    }
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> {
      dnnl_primitive_desc descriptor = descriptor(false, to.layout(input), pooled(to), to);
      Buffer source = to.at(input);
      Buffer out = destination(to);
      to.assembly.execute(
          layer, "forward", descriptor, Argument.source(source), Argument.destination(out));
      toVectors(out, to);
    };
  }

  @Override
  public Runnable forward(TrainingContext to) {
    dnnl_primitive_desc descriptor = descriptor(true, to.layout(input), pooled(to), to);
    Buffer source = to.at(input);
    Buffer out = destination(to);
    Buffer workspace =
        kind == Kind.MAXIMUM
            ? to.assembly.planned(layer, Assembly.wanted(descriptor, dnnl.DNNL_ARG_WORKSPACE))
            : null;
    to.assembly.execute(
        layer,
        "forward",
        descriptor,
        Argument.present(
            Argument.source(source),
            Argument.destination(out),
            workspace == null ? null : Argument.workspace(workspace)));
    toVectors(out, to);
    return to.backward(output, layer, gradient -> backward(gradient, descriptor, workspace, to));
  }

  /** Returns the layout {@code [N, C, H, W]} of the output, even if the value is {@code [N, C]}. */
  dnnl_memory_desc pooled(EmitContext to) {
    return to.assembly.layout(window.outputShape(input, input.size(1)), to.type(input));
  }

  /** Returns the buffer to write: the output, or a temporary one if the output is a vector. */
  private Buffer destination(EmitContext to) {
    return output.rank() == 4 ? to.make(output) : to.assembly.planned(output.name(), pooled(to));
  }

  /** Copies the result to a vector if the value is one. */
  private void toVectors(Buffer pooled, EmitContext to) {
    if (output.rank() == 2) {
      dnnl_memory_desc rows = to.assembly.layout(output.shape(), to.type(input));
      to.place(
          output,
          to.assembly.in(to.layout(output), to.assembly.view(pooled, rows), layer, "to floats"));
    }
  }

  private void backward(
      Gradients.Part out,
      dnnl_primitive_desc forward,
      @Nullable Buffer workspace,
      TrainingContext to) {
    Assembly assembly = to.assembly;
    dnnl_memory_desc pooled = pooled(to);
    Buffer gradient = out.buffer();
    if (output.rank() == 2) {
      dnnl_memory_desc rows = assembly.layout(output.shape(), to.type(input));
      gradient = assembly.view(assembly.in(rows, gradient, layer, "from floats"), pooled);
    }
    Buffer into = assembly.planned(layer, to.layout(input));
    assembly.execute(
        layer,
        "backward",
        backwardDescriptor(pooled, forward, to),
        Argument.present(
            Argument.destinationGradient(gradient),
            Argument.sourceGradient(into),
            workspace == null ? null : Argument.workspace(workspace)));
    to.addGradient(input, into, true);
  }

  dnnl_primitive_desc descriptor(
      boolean training, dnnl_memory_desc source, dnnl_memory_desc result, EmitContext to) {
    return to.assembly.describe(
        layer + ": pooling",
        (made, engine) ->
            dnnl.dnnl_pooling_forward_primitive_desc_create(
                made,
                engine,
                training ? dnnl.dnnl_forward_training : dnnl.dnnl_forward_inference,
                kind.algorithm(),
                source,
                result,
                window.stride(),
                window.kernel(),
                window.gaps(),
                window.padBegin(),
                window.padEnd(),
                to.assembly.attributes()));
  }

  private dnnl_primitive_desc backwardDescriptor(
      dnnl_memory_desc pooled, dnnl_primitive_desc forward, EmitContext to) {
    return to.assembly.describe(
        layer + ": gradient",
        (made, engine) ->
            dnnl.dnnl_pooling_backward_primitive_desc_create(
                made,
                engine,
                kind.algorithm(),
                to.layout(input),
                pooled,
                window.stride(),
                window.kernel(),
                window.gaps(),
                window.padBegin(),
                window.padEnd(),
                forward,
                to.assembly.attributes()));
  }
}
