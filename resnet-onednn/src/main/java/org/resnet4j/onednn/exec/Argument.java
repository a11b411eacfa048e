package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.global.dnnl;
import org.jspecify.annotations.Nullable;

/** An argument of a primitive: oneDNN's number of the role, and the memory. */
public record Argument(int role, Buffer buffer) {
  public static Argument source(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SRC, buffer);
  }

  public static Argument secondSource(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SRC_1, buffer);
  }

  public static Argument weights(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_WEIGHTS, buffer);
  }

  public static Argument bias(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_BIAS, buffer);
  }

  public static Argument destination(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DST, buffer);
  }

  public static Argument workspace(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_WORKSPACE, buffer);
  }

  public static Argument mean(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_MEAN, buffer);
  }

  public static Argument variance(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_VARIANCE, buffer);
  }

  public static Argument scale(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SCALE, buffer);
  }

  public static Argument shift(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SHIFT, buffer);
  }

  public static Argument sourceGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SRC, buffer);
  }

  public static Argument destinationGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_DST, buffer);
  }

  public static Argument weightGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, buffer);
  }

  public static Argument biasGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_BIAS, buffer);
  }

  public static Argument scaleGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SCALE, buffer);
  }

  public static Argument shiftGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, buffer);
  }

  /** Returns the scales of the integers in {@code role}. */
  public static Argument scales(int role, Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_ATTR_SCALES | role, buffer);
  }

  /** Returns the arguments that are not null. */
  public static Argument[] present(@Nullable Argument... arguments) {
    List<Argument> present = new ArrayList<>();
    for (Argument argument : arguments) {
      if (argument != null) {
        present.add(argument);
      }
    }
    return present.toArray(new Argument[0]);
  }

  public static Argument[] plus(Argument one, Argument... more) {
    List<Argument> all = new ArrayList<>(List.of(more));
    all.add(one);
    return all.toArray(new Argument[0]);
  }

  public static Argument[] withBias(@Nullable Buffer bias, Argument... others) {
    return bias == null ? others : plus(bias(bias), others);
  }

  public static Argument[] withBiasGradient(@Nullable Buffer bias, Argument... others) {
    return bias == null ? others : plus(biasGradient(bias), others);
  }
}
