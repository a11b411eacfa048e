package org.resnet4j.onednn.ops;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.jspecify.annotations.Nullable;
import org.resnet4j.graph.DropBlock;
import org.resnet4j.graph.StochasticDepth;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.InferenceContext;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.exec.UnaryOp;
import org.resnet4j.onednn.ir.Shapes;
import org.resnet4j.onednn.ir.Value;
import org.resnet4j.onednn.read.LayerReading;

/**
 * A dropout, which keeps a value with probability {@code keep} and divides it by {@code keep};
 * training only.
 */
public record Dropout(String layer, Value input, Value output, double keep) implements UnaryOp {
  /** The number of floats that are drawn together. */
  private static final int PIECE = 1 << 16;

  /** Checks the shapes and the probability. */
  public Dropout {
    Shapes.equal(layer, input, output);
    // The negated form refuses NaN, too.
    if (!(keep > 0 && keep <= 1)) {
      throw Shapes.refused(
          layer, "expected to keep values with a probability in (0, 1] but was " + keep);
    }
  }

  /** A layer of its own is a dropout before the identity. */
  static Value read(DropoutLayer configuration, Value in, LayerReading from) {
    return in;
  }

  /** Reads the dropout before a layer, and returns the layer's input. */
  public static Value read(@Nullable IDropout dropout, Value in, LayerReading from) {
    if (dropout == null || !from.isTraining() || from.isFrozen() || !drops(from.configuration())) {
      return in;
    }
    if (dropout instanceof StochasticDepth depth) {
      Value out = new Value(from.name(), in.shape());
      return from.add(new DropExamples(from.name(), in, out, depth));
    }
    if (dropout instanceof DropBlock block) {
      if (in.rank() != 4) {
        throw from.mismatch("expected images to drop squares of but its input is " + in);
      }
      Value out = new Value(from.name(), in.shape());
      return from.add(new DropSquares(from.name(), in, out, block));
    }
    if (!(dropout instanceof org.deeplearning4j.nn.conf.dropout.Dropout plain)
        || plain.getPSchedule() != null) {
      throw from.unsupported("dropout of the kind " + dropout);
    }
    if (plain.getP() == 1) {
      return in; // keeps everything, as imports from Keras state it
    }
    Value out = new Value(from.name(), in.shape());
    return from.add(new Dropout(from.name(), in, out, plain.getP()));
  }

  /**
   * Returns whether Deeplearning4j applies a layer's dropout. A dropout of the whole network is a
   * property of every layer, but the others ignore it.
   */
  private static boolean drops(Layer configuration) {
    return configuration instanceof ConvolutionLayer
        || configuration instanceof DenseLayer
        || configuration instanceof OutputLayer
        || configuration instanceof DropoutLayer
        || configuration instanceof Upsampling2D;
  }

  @Override
  public Runnable infer(InferenceContext to) {
    throw new AssertionError(layer + ": dropout is for training");
  }

  @Override
  public Runnable forward(TrainingContext to) {
    Assembly assembly = to.assembly;
    Buffer floats = assembly.planned(layer, assembly.layout(output.shape(), OneDnnLibrary.F32));
    long count = floats.bytes / Float.BYTES;
    LongSupplier seeds = to.seeds();
    assembly.act(
        layer, "mask", () -> writeMask(floats.address(), count, seeds.getAsLong()), floats);
    Buffer mask = assembly.in(to.layout(output), floats, layer, "mask");
    to.product(layer, "forward", to.at(input), mask, to.make(output));
    return to.backward(
        output,
        layer,
        out -> {
          Buffer into = to.gradientTarget(out, layer);
          to.product(layer, "backward", out.buffer(), mask, into);
          to.addGradient(input, into, true);
        });
  }

  /** Writes a mask of zeros and {@code 1/keep}, in pieces. */
  private void writeMask(long address, long count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float kept = (float) (1 / keep);
    for (long from = 0; from < count; from += PIECE) {
      float[] values = new float[(int) Math.min(PIECE, count - from)];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextDouble() < keep ? kept : 0;
      }
      Memory.write(values, address + from * Float.BYTES);
    }
  }
}
