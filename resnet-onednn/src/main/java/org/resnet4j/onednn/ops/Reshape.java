package org.resnet4j.onednn.ops;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.EmitContext;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.VertexReading;

/**
 * A reshape of {@code [N, C, H, W]} to {@code [N, C·H·W]}, or back.
 *
 * @param channelsLast whether the order of vectors is rows, columns, channels instead of channels,
 *     rows, columns
 */
public record Reshape(String layer, Value input, Value output, boolean channelsLast)
    implements UnaryOp {
  /** The preprocessor of Deeplearning4j's older imports, whose module is not a dependency. */
  private static final String TENSORFLOW =
      "org.deeplearning4j.nn.modelimport.keras.preprocessors.TensorFlowCnnToFeedForwardPreProcessor";

  /** Checks the shapes. */
  public Reshape {
    if (input.elements() != output.elements() || input.size(0) != output.size(0)) {
      throw Shapes.refused(layer, output + " has another number of elements than " + input);
    }
  }

  /** Reads a vertex that only has a preprocessor, as imports from Keras make it. */
  static Value read(PreprocessorVertex vertex, List<Value> inputs, VertexReading from) {
    return read(vertex.getPreProcessor(), from.only(inputs), from);
  }

  /** Reads the preprocessor of a layer, and returns its result. */
  public static Value read(@Nullable InputPreProcessor preprocessor, Value in, VertexReading from) {
    if (preprocessor == null) {
      return in;
    }
    if (preprocessor instanceof CnnToFeedForwardPreProcessor images && isKnown(images)) {
      return in.rank() == 2 ? in : flattened(images, in, from);
    }
    if (preprocessor.getClass() != FeedForwardToCnnPreProcessor.class) {
      throw from.unsupported("the preprocessor " + preprocessor.getClass().getSimpleName());
    }
    return in.rank() == 4 ? in : unflattened((FeedForwardToCnnPreProcessor) preprocessor, in, from);
  }

  private static boolean isKnown(CnnToFeedForwardPreProcessor images) {
    return images.getClass() == CnnToFeedForwardPreProcessor.class || isTensorFlow(images);
  }

  private static boolean isTensorFlow(CnnToFeedForwardPreProcessor images) {
    return images.getClass().getName().equals(TENSORFLOW);
  }

  /**
   * Returns images as vectors. Deeplearning4j's preprocessor accepts any images if its three sizes
   * are 0.
   */
  private static Value flattened(
      CnnToFeedForwardPreProcessor images, Value in, VertexReading from) {
    from.expectFormat(images.getFormat());
    long[] expected = {
      in.size(0), images.getNumChannels(), images.getInputHeight(), images.getInputWidth()
    };
    boolean any = expected[1] == 0 && expected[2] == 0 && expected[3] == 0;
    if (!any && !Arrays.equals(expected, in.shape())) {
      throw from.mismatch(
          "expected images " + Arrays.toString(expected) + " but its input is " + in);
    }
    Value out = new Value(from.name(), in.size(0), in.elements() / in.size(0));
    boolean channelsLast = from.isChannelsLast() || isTensorFlow(images);
    return from.add(new Reshape(from.name(), in, out, channelsLast));
  }

  private static Value unflattened(
      FeedForwardToCnnPreProcessor images, Value in, VertexReading from) {
    from.expectFormat(CNN2DFormat.NCHW);
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
    return from.add(new Reshape(from.name(), in, out, false));
  }

  @Override
  public Runnable infer(InferenceContext to) {
    return () -> emit("forward", to.at(input), input, to.make(output), to);
  }

  @Override
  public Runnable forward(TrainingContext to) {
    emit("forward", to.at(input), input, to.make(output), to);
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.assembly.planned(layer, to.layout(input));
          emit("backward", out.buffer(), output, into, to);
          to.addGradient(input, into, true);
        });
  }

  /** Copies {@code value} to {@code into} in the order of vectors. */
  private void emit(String work, Buffer source, Value value, Buffer into, EmitContext to) {
    Value image = input.rank() == 4 ? input : output;
    int order = channelsLast ? dnnl.dnnl_nhwc : dnnl.dnnl_nchw;
    dnnl_memory_desc plain = to.assembly.layout(image.shape(), OneDnnLibrary.F32, order);
    if (value.rank() == 4) {
      to.assembly.reorder(layer, work, source, to.assembly.view(into, plain));
    } else {
      to.assembly.reorder(layer, work, to.assembly.view(source, plain), into);
    }
  }
}
