package org.resnet4j.onednn.exec;

import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.resnet4j.onednn.code.Code;

/** The oneDNN library: one engine and one stream for the process. */
public final class Native {
  static final int F32 = dnnl.dnnl_f32;
  static final int BF16 = dnnl.dnnl_bf16;

  private static final dnnl_engine ENGINE = new dnnl_engine();
  private static final dnnl_stream STREAM = new dnnl_stream();

  static {
    // A limit to the instruction set comes before the first primitive.
    CpuFeatures.instructionSet();
    check(dnnl.dnnl_engine_create(ENGINE, dnnl.dnnl_cpu, 0), "creating the CPU engine");
    check(
        dnnl.dnnl_stream_create(STREAM, ENGINE, dnnl.dnnl_stream_default_flags),
        "creating the stream");
  }

  private Native() {}

  static dnnl_engine engine() {
    return ENGINE;
  }

  static dnnl_stream stream() {
    return STREAM;
  }

  /** Such as {@code 3.11.0}. */
  public static String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /** Returns the number of threads that work on a primitive. */
  public static int threads() {
    return Team.size();
  }

  /** What {@code make} makes, for one thread: primitives divide their work when they are made. */
  static <T> T forOneThread(Supplier<T> make) {
    NativeOps openMp = NativeOpsHolder.getInstance().getDeviceNativeOps();
    int before = openMp.ompGetMaxThreads();
    openMp.setOmpNumThreads(1);
    try {
      return make.get();
    } finally {
      openMp.setOmpNumThreads(before);
    }
  }

  /**
   * Returns why 3×3 convolutions do not go through Winograd's transforms in this process; null
   * where they may.
   */
  public static @Nullable String winogradObstacle() {
    return WinogradSupport.OBSTACLE;
  }

  /** Whether code of our own can be run. */
  public static boolean runsOwnCode() {
    return CpuFeatures.hasAvx512() && Team.isThere() && Code.isAllowed();
  }

  /**
   * Whether a convolution takes less time in bfloat16 than in single precision here: true with AMX,
   * measured once where the CPU multiplies bfloat16 without.
   */
  public static boolean isFasterInBfloat16() {
    return Faster.IN_BFLOAT16;
  }

  private static final class Faster {
    static final boolean IN_BFLOAT16 =
        CpuFeatures.hasAmx() || (CpuFeatures.multipliesBfloat16() && Bfloat16Speed.isFaster());
  }

  /** Whether oneDNN computes bfloat16 here, if only by way of single precision. */
  public static boolean computesBfloat16() {
    return CpuFeatures.hasAvx512();
  }

  static void check(int status, String what) {
    if (status != dnnl.dnnl_success) {
      String reason =
          status == dnnl.dnnl_unimplemented
              ? "unimplemented"
              : status == dnnl.dnnl_invalid_arguments
                  ? "invalid arguments"
                  : status == dnnl.dnnl_out_of_memory ? "out of memory" : "status " + status;
      throw new IllegalStateException("oneDNN: " + what + ": " + reason);
    }
  }

  /** How oneDNN computes a primitive, such as {@code brg_conv_fwd:avx512_core}. */
  static String implementation(dnnl_primitive_desc descriptor) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      check(
          dnnl.dnnl_primitive_desc_query(descriptor, dnnl.dnnl_query_impl_info_str, 0, text),
          "asking for an implementation");
      Pointer name = text.get(0);
      return new BytePointer(name).getString();
    }
  }

  static long bytes(dnnl_memory_desc layout) {
    return dnnl.dnnl_memory_desc_get_size(layout);
  }

  static boolean equal(dnnl_memory_desc one, dnnl_memory_desc other) {
    return dnnl.dnnl_memory_desc_equal(one, other) != 0;
  }
}
