package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.global.dnnl;

/** What a primitive reads or writes: oneDNN's number of the role, and the memory. */
record Argument(int role, Buffer buffer) {
  static Argument source(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SRC, buffer);
  }

  static Argument secondSource(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SRC_1, buffer);
  }

  static Argument weights(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_WEIGHTS, buffer);
  }

  static Argument bias(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_BIAS, buffer);
  }

  static Argument destination(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DST, buffer);
  }

  static Argument workspace(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_WORKSPACE, buffer);
  }

  static Argument mean(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_MEAN, buffer);
  }

  static Argument variance(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_VARIANCE, buffer);
  }

  static Argument scale(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SCALE, buffer);
  }

  static Argument shift(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_SHIFT, buffer);
  }

  static Argument sourceGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SRC, buffer);
  }

  static Argument destinationGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_DST, buffer);
  }

  static Argument weightGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS, buffer);
  }

  static Argument biasGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_BIAS, buffer);
  }

  static Argument scaleGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SCALE, buffer);
  }

  static Argument shiftGradient(Buffer buffer) {
    return new Argument(dnnl.DNNL_ARG_DIFF_SHIFT, buffer);
  }
}
