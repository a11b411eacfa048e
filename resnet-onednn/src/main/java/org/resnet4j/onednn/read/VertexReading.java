package org.resnet4j.onednn.read;

import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.onednn.UnsupportedShapeException;
import org.resnet4j.onednn.exec.Op;
import org.resnet4j.onednn.ir.Value;

/** The vertex that is read: its name, and the list to which its operations are added. */
public class VertexReading {
  private final String name;
  private final Reading graph;

  /**
   * The graph that is read.
   *
   * @param format the axes of its images; values are {@code [N, C, H, W]} for either
   * @param ops the operations read so far
   */
  public record Reading(boolean training, CNN2DFormat format, List<Op> ops) {
    /** Returns whether images are {@code [N, H, W, C]}. */
    public boolean isChannelsLast() {
      return format == CNN2DFormat.NHWC;
    }

    /** Returns the shape of a user's array as that of a value. */
    public long[] channelsFirst(long... shape) {
      return shape.length == 4 && isChannelsLast()
          ? new long[] {shape[0], shape[3], shape[1], shape[2]}
          : shape;
    }

    /** Returns the shape of an array of images in the format of the graph. */
    public long[] shape(long images, long channels, long height, long width) {
      return isChannelsLast()
          ? new long[] {images, height, width, channels}
          : new long[] {images, channels, height, width};
    }
  }

  /** Creates the reading of a vertex, which adds operations to those of {@code graph}. */
  public VertexReading(String name, Reading graph) {
    this.name = name;
    this.graph = graph;
  }

  /** Returns the name of the vertex. */
  public String name() {
    return name;
  }

  /** Returns whether a training step is read. */
  public boolean isTraining() {
    return graph.training;
  }

  /** Returns whether the graph's images are {@code [N, H, W, C]}. */
  public boolean isChannelsLast() {
    return graph.isChannelsLast();
  }

  /** Refuses a configuration whose images have other axes than those of the graph. */
  public void expectFormat(CNN2DFormat format) {
    if (format != graph.format) {
      throw unsupported("the format " + format + " in a graph of " + graph.format + " images");
    }
  }

  /** Adds an operation, and returns its output. */
  public Value add(Op op) {
    graph.ops.add(op);
    return op.output();
  }

  /** Returns the only input of the vertex. */
  public Value only(List<Value> inputs) {
    if (inputs.size() != 1) {
      throw mismatch("expected one input but there are " + inputs);
    }
    return inputs.get(0);
  }

  /** Returns an exception for what the engine does not compute. */
  public IllegalArgumentException unsupported(String what) {
    return new UnsupportedGraphException(name, what);
  }

  /** Returns an exception for shapes that the engine does not compute. */
  public IllegalArgumentException unsupportedShape(String what) {
    return new UnsupportedShapeException(name, what);
  }

  /** Returns an exception for what Deeplearning4j does not compute, either. */
  public IllegalArgumentException mismatch(String what) {
    return Mismatch.at(name, what);
  }
}
