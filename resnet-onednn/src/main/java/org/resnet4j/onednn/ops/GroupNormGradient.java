package org.resnet4j.onednn.ops;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.resnet4j.onednn.exec.Argument;
import org.resnet4j.onednn.exec.Assembly;
import org.resnet4j.onednn.exec.Buffer;
import org.resnet4j.onednn.exec.Memory;
import org.resnet4j.onednn.exec.OneDnnLibrary;
import org.resnet4j.onednn.exec.TrainingContext;
import org.resnet4j.onednn.ir.Nonlinearity;
import org.resnet4j.onednn.ir.Parameter;
import org.resnet4j.onednn.ir.Value;

/**
 * The gradient of a group norm. oneDNN 3.11 has only reference code for it, which takes ten times
 * as long as the forward pass. Every channel of every image is therefore a channel of a batch norm
 * with given statistics, whose gradient is fast. It gives the sums over the channel, from which
 * those over a group follow. The gradient through the group's own statistics is then a linear
 * function of the input.
 */
final class GroupNormGradient {
  private final Norm norm;
  private final TrainingContext to;
  private final Assembly assembly;
  private final int images;
  private final int channels;
  private final int pixels;

  /** The layout of all channels of all images in a batch of one. */
  private final dnnl_memory_desc maps;

  /** The layout of one number for each channel of each image. */
  private final dnnl_memory_desc numbers;

  /** The norm whose gradient is computed. */
  record Norm(String layer, Value input, Parameter gamma, int groups, double epsilon) {}

  GroupNormGradient(Norm norm, TrainingContext to) {
    this.norm = norm;
    this.to = to;
    assembly = to.assembly;
    images = Math.toIntExact(norm.input().size(0));
    channels = Math.toIntExact(norm.input().size(1));
    pixels = Math.toIntExact(norm.input().size(2) * norm.input().size(3));
    long all = (long) images * channels;
    maps = assembly.layout(new long[] {1, all, 1, pixels}, to.type(norm.input()), dnnl.dnnl_nchw);
    numbers = assembly.layout(new long[] {all}, OneDnnLibrary.F32, dnnl.dnnl_a);
  }

  private Buffer numbers() {
    return assembly.planned(norm.layer(), numbers);
  }

  /**
   * The forward pass's images {@code [N, C, H, W]}, and mean and variance of each group of each
   * image.
   */
  record Saved(Buffer source, Buffer mean, Buffer variance) {}

  /** Numbers of each channel of each image, from the statistics of its group and from γ. */
  private record Statistics(Buffer mean, Buffer variance, Buffer scale) {}

  /** The sums over each channel of each image: of dy·x̂, and of dy. */
  private record Sums(Buffer along, Buffer plain) {}

  /**
   * Emits the backward pass and returns the gradient of the input.
   *
   * @param above gradient of the output, {@code [N, C, H, W]}
   * @param ofGamma where the gradient of γ is written; likewise {@code ofBeta}
   */
  Buffer emit(Saved saved, Buffer above, Buffer ofGamma, Buffer ofBeta) {
    Statistics statistics = statistics(saved);
    Sums sums = new Sums(numbers(), numbers());
    Buffer source = assembly.view(saved.source, maps);
    Buffer direct = assembly.planned(norm.layer(), maps);
    assembly.execute(
        norm.layer(),
        "backward",
        backward(),
        Argument.source(source),
        Argument.mean(statistics.mean),
        Argument.variance(statistics.variance),
        Argument.destinationGradient(assembly.view(above, maps)),
        Argument.sourceGradient(direct),
        Argument.scale(statistics.scale),
        Argument.scaleGradient(sums.along),
        Argument.shiftGradient(sums.plain));
    writeParameterGradients(sums, ofGamma, ofBeta);
    return assembly.view(
        plus(direct, throughStatistics(source, statistics, sums)), saved.source.layout);
  }

  private Statistics statistics(Saved saved) {
    Statistics all = new Statistics(numbers(), numbers(), numbers());
    assembly.act(
        norm.layer(),
        "statistics",
        () -> {
          Memory.write(ofChannels(read(saved.mean)), all.mean.address());
          Memory.write(ofChannels(read(saved.variance)), all.variance.address());
          Memory.write(repeated(Memory.read(norm.gamma().value())), all.scale.address());
        },
        saved.mean,
        saved.variance,
        all.mean,
        all.variance,
        all.scale);
    return all;
  }

  private void writeParameterGradients(Sums sums, Buffer ofGamma, Buffer ofBeta) {
    assembly.act(
        norm.layer(),
        "parameter gradients",
        () -> {
          Memory.write(sumOfImages(read(sums.along)), ofGamma.address());
          Memory.write(sumOfImages(read(sums.plain)), ofBeta.address());
        },
        sums.along,
        sums.plain,
        ofGamma,
        ofBeta);
  }

  /** Emits the part of the gradient that goes through mean and variance. */
  private Buffer throughStatistics(Buffer source, Statistics statistics, Sums sums) {
    Buffer slopes = numbers();
    Buffer offsets = numbers();
    assembly.act(
        norm.layer(),
        "gradient of statistics",
        () -> writeLine(statistics, sums, slopes, offsets),
        sums.along,
        sums.plain,
        statistics.mean,
        statistics.variance,
        slopes,
        offsets);
    return line(source, slopes, offsets);
  }

  private static float[] read(Buffer buffer) {
    return Memory.read(buffer.address(), buffer.bytes / Float.BYTES);
  }

  /** Returns the number of its group for each channel of each image. */
  private float[] ofChannels(float[] groups) {
    float[] all = new float[images * channels];
    int size = channels / norm.groups();
    for (int i = 0; i < all.length; i++) {
      all[i] = groups[i / size];
    }
    return all;
  }

  private float[] repeated(float[] ofChannels) {
    float[] all = new float[images * channels];
    for (int i = 0; i < all.length; i++) {
      all[i] = ofChannels[i % channels];
    }
    return all;
  }

  private float[] sumOfImages(float[] all) {
    double[] sums = new double[channels];
    for (int i = 0; i < all.length; i++) {
      sums[i % channels] += all[i];
    }
    float[] rounded = new float[channels];
    for (int i = 0; i < channels; i++) {
      rounded[i] = (float) sums[i];
    }
    return rounded;
  }

  /**
   * Writes slope and offset of the part of the gradient that goes through the statistics. With x̂ =
   * (x − mean)·r and sums over the M values of a group, it is −r·(Σγ·dy + x̂·Σγ·dy·x̂)/M.
   */
  private void writeLine(Statistics statistics, Sums sums, Buffer slopes, Buffer offsets) {
    float[] along = read(sums.along);
    float[] plain = read(sums.plain);
    float[] mean = read(statistics.mean);
    float[] variance = read(statistics.variance);
    float[] gamma = Memory.read(norm.gamma().value());
    float[] slope = new float[along.length];
    float[] offset = new float[along.length];
    int size = channels / norm.groups();
    for (int from = 0; from < along.length; from += size) {
      double ofAlong = 0;
      double ofSum = 0;
      for (int i = from; i < from + size; i++) {
        ofAlong += (double) gamma[i % channels] * along[i];
        ofSum += (double) gamma[i % channels] * plain[i];
      }
      double r = 1 / Math.sqrt(variance[from] + norm.epsilon());
      double each = (double) size * pixels;
      double rise = -r * r * ofAlong / each;
      Arrays.fill(slope, from, from + size, (float) rise);
      Arrays.fill(offset, from, from + size, (float) (-r * ofSum / each - rise * mean[from]));
    }
    Memory.write(slope, slopes.address());
    Memory.write(offset, offsets.address());
  }

  /** Returns {@code slopes · images + offsets}, a batch norm of mean 0 and variance 1. */
  private Buffer line(Buffer images, Buffer slopes, Buffer offsets) {
    Buffer zeros = numbers();
    Buffer ones = numbers();
    float[] one = new float[this.images * channels];
    Arrays.fill(one, 1);
    assembly.zero(norm.layer(), zeros);
    assembly.act(norm.layer(), "ones", () -> Memory.write(one, ones.address()), ones);
    Buffer line = assembly.planned(norm.layer(), maps);
    assembly.execute(
        norm.layer(),
        "backward",
        forward(dnnl.dnnl_forward_inference, 0),
        Argument.source(images),
        Argument.mean(zeros),
        Argument.variance(ones),
        Argument.scale(slopes),
        Argument.shift(offsets),
        Argument.destination(line));
    return line;
  }

  private Buffer plus(Buffer left, Buffer right) {
    assembly.execute(
        norm.layer(),
        "backward",
        to.descriptors.binary(norm.layer(), dnnl.dnnl_binary_add, maps, Nonlinearity.IDENTITY),
        Argument.source(left),
        Argument.secondSource(right),
        Argument.destination(left));
    return left;
  }

  private static int flags() {
    return dnnl.dnnl_use_global_stats | dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;
  }

  private dnnl_primitive_desc forward(int kind, double epsilon) {
    return assembly.describe(
        norm.layer() + ": gradient of each channel",
        (made, engine) ->
            dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                made, engine, kind, maps, maps, (float) epsilon, flags(), assembly.attributes()));
  }

  private dnnl_primitive_desc backward() {
    dnnl_primitive_desc hint = forward(dnnl.dnnl_forward_training, norm.epsilon());
    return assembly.describe(
        norm.layer() + ": gradient of each channel",
        (made, engine) ->
            dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                made,
                engine,
                dnnl.dnnl_backward,
                maps,
                maps,
                maps,
                (float) norm.epsilon(),
                flags(),
                hint,
                assembly.attributes()));
  }
}
