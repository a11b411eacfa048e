package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Measures whether this CPU convolves faster in bfloat16 or in single precision. The instruction
 * set does not tell: without AMX, some CPUs multiply bfloat16 at half the rate of single precision.
 */
final class Bfloat16Speed {
  /**
   * The number of measurements of each format, alternating. Threads may share a core for the first
   * milliseconds.
   */
  private static final int ROUNDS = 5;

  private static final int RUNS = 7;

  /** The least speed-up that counts as faster; less is noise. */
  private static final double CLEARLY = 1.1;

  private Bfloat16Speed() {}

  /** Returns whether bfloat16 is faster. The measurement takes less than 0.1 seconds. */
  static boolean isFaster() {
    long single = Long.MAX_VALUE;
    long half = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      single = Math.min(single, nanoseconds(OneDnnLibrary.F32));
      half = Math.min(half, nanoseconds(OneDnnLibrary.BF16));
    }
    return single > CLEARLY * half;
  }

  /** Returns the time of the fastest of several runs of a convolution, in nanoseconds. */
  private static long nanoseconds(int type) {
    Assembly assembly = new Assembly(ImageLayout.CHANNELS_LAST);
    Executable executable;
    try {
      addConvolution(assembly, type);
      executable = assembly.finish();
    } catch (RuntimeException | Error e) {
      assembly.abandon();
      throw e;
    }
    try (executable) {
      int convolution = executable.size() - 1;
      executable.run(0, convolution, null);
      long fastest = Long.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        executable.run(convolution, convolution + 1, null);
        fastest = Math.min(fastest, System.nanoTime() - start);
      }
      return fastest;
    }
  }

  private static void addConvolution(Assembly assembly, int type) {
    dnnl_memory_desc images = assembly.layout(ProbeConvolution.IMAGES, type);
    dnnl_primitive_desc descriptor = ProbeConvolution.descriptor(assembly, images, type);
    dnnl_memory_desc weights = Assembly.wanted(descriptor, dnnl.DNNL_ARG_WEIGHTS);
    Buffer source = assembly.persistent("probe", images);
    Buffer kernel = assembly.persistent("probe", weights);
    // Computing with uninitialised memory may be slow.
    assembly.zero("probe", source);
    assembly.zero("probe", kernel);
    assembly.execute(
        "probe",
        "forward",
        descriptor,
        Argument.source(source),
        Argument.weights(kernel),
        Argument.destination(assembly.persistent("probe", images)));
  }
}
