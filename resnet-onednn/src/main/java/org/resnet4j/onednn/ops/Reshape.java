package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.Gradients;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A reshape of {@code [N, C, H, W]} to {@code [N, C·H·W]} in the order of channels, rows, columns,
 * or back.
 */
public record Reshape(String layer, Value input, Value output) implements UnaryOp {
  /** Checks the shapes. */
  public Reshape {
    if (input.elements() != output.elements() || input.size(0) != output.size(0)) {
      throw Shapes.refused(layer, output + " has another number of elements than " + input);
    }
  }

  /** Reads the preprocessor of a layer, and returns its result. */
  public static Value read(@Nullable InputPreProcessor preprocessor, Value in, VertexReading from) {
    if (preprocessor == null) {
      return in;
    }
    boolean flattens = preprocessor instanceof CnnToFeedForwardPreProcessor;
    if (!flattens && !(preprocessor instanceof FeedForwardToCnnPreProcessor)) {
      throw from.unsupported("the preprocessor " + preprocessor.getClass().getSimpleName());
    }
    if (in.rank() == (flattens ? 2 : 4)) {
      return in;
    }
    Value out =
        flattens
            ? flattened((CnnToFeedForwardPreProcessor) preprocessor, in, from)
            : unflattened((FeedForwardToCnnPreProcessor) preprocessor, in, from);
    return from.add(new Reshape(from.name(), in, out));
  }

  /**
   * Returns images as vectors. Deeplearning4j's preprocessor accepts any images if its three sizes
   * are 0.
   */
  private static Value flattened(
      CnnToFeedForwardPreProcessor images, Value in, VertexReading from) {
    if (images.getFormat() != CNN2DFormat.NCHW) {
      throw from.unsupported("the format " + images.getFormat());
    }
    long[] expected = {
      in.size(0), images.getNumChannels(), images.getInputHeight(), images.getInputWidth()
    };
    boolean any = expected[1] == 0 && expected[2] == 0 && expected[3] == 0;
    if (!any && !Arrays.equals(expected, in.shape())) {
      throw from.mismatch(
          "expected images " + Arrays.toString(expected) + " but its input is " + in);
    }
    return new Value(from.name(), in.size(0), in.elements() / in.size(0));
  }

  private static Value unflattened(
      FeedForwardToCnnPreProcessor images, Value in, VertexReading from) {
    Value out =
        new Value(
            from.name(),
            in.size(0),
            images.getNumChannels(),
            images.getInputHeight(),
            images.getInputWidth());
    if (in.elements() != out.elements()) {
      throw from.mismatch(
          "expected "
              + out.elements() / out.size(0)
              + " features, "
              + out.size(1)
              + " channels × "
              + out.size(2)
              + " rows × "
              + out.size(3)
              + " columns, but its input is "
              + in);
    }
    return out;
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit("forward", to.at(input), input, to.make(output), to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit("forward", to.at(input), input, to.make(output), to);
    return () -> {
      Gradients.Part out = to.takeGradient(output, layer);
      if (out != null) {
        Buffer into = to.assembly.planned(layer, to.layout(input));
        emit("backward", out.buffer(), output, into, to);
        to.addGradient(input, into, true);
      }
    };
  }

  /** Copies {@code value} to {@code into} in the order of channels, rows, columns. */
  private void emit(String work, Buffer source, Value value, Buffer into, EmitContext to) {
    Value image = input.rank() == 4 ? input : output;
    dnnl_memory_desc plain = to.assembly.layout(image.shape(), OneDnnLibrary.F32, dnnl.dnnl_nchw);
    if (value.rank() == 4) {
      to.assembly.reorder(layer, work, source, to.assembly.view(into, plain));
    } else {
      to.assembly.reorder(layer, work, to.assembly.view(source, plain), into);
    }
  }
}
