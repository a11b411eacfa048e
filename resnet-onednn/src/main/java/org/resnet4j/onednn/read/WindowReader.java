package org.resnet4j.onednn.read;

import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.ir.Window;

/** Reads the window of a convolution or pooling, and refuses those that Deeplearning4j refuses. */
public final class WindowReader {
  private final String name;
  private final Value in;

  /** Creates a reader of windows over {@code in}. */
  public WindowReader(String name, Value in) {
    this.name = name;
    this.in = in;
  }

  /** Returns the window of a convolution. */
  public Window conv(ConvolutionLayer layer) {
    int[] kernel = layer.getKernelSize();
    int[] stride = layer.getStride();
    int[] dilation = layer.getDilation();
    Window truncated = truncated(kernel, stride, dilation, layer.getPadding());
    return switch (layer.getConvolutionMode()) {
      case Same -> fitting(() -> Window.same(kernel, stride, dilation, in));
      case Strict -> fitting(() -> truncated.strict(in));
      case Truncate -> truncated;
      case Causal -> throw new UnsupportedGraphException(name, "ConvolutionMode.Causal");
    };
  }

  /** Returns the window of a pooling. */
  public Window pool(SubsamplingLayer layer) {
    int[] kernel = layer.getKernelSize();
    int[] stride = layer.getStride();
    int[] dilation = layer.getDilation();
    // Deeplearning4j's pooling treats Strict as Truncate.
    Window truncated = truncated(kernel, stride, dilation, layer.getPadding());
    if (dilation[0] != 1 || dilation[1] != 1) {
      throw new UnsupportedGraphException(name, "a dilated SubsamplingLayer");
    }
    Window window =
        layer.getConvolutionMode() == ConvolutionMode.Same
            ? fitting(() -> Window.same(kernel, stride, dilation, in))
            : truncated;
    if (window.readsPaddingAlone(in)) {
      throw new UnsupportedShapeException(
          name, "pooling with " + window + ", some of whose windows are outside " + in + ",");
    }
    return window;
  }

  /** Returns a truncated window; refuses numbers that fit no input. */
  private Window truncated(int[] kernel, int[] stride, int[] dilation, int[] padding) {
    try {
      return Window.truncated(kernel, stride, dilation, padding);
    } catch (IllegalArgumentException e) {
      throw Mismatch.at(name, String.valueOf(e.getMessage()));
    }
  }

  /** Returns the window; refuses one that does not fit the input. */
  private Window fitting(Supplier<Window> window) {
    try {
      return window.get();
    } catch (IllegalArgumentException e) {
      throw new UnsupportedShapeException(name, String.valueOf(e.getMessage()));
    }
  }
}
