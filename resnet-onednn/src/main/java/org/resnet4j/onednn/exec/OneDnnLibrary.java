package org.resnet4j.onednn.exec;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.resnet4j.onednn.ir.Int8;

/** The oneDNN library: one engine and one stream for the process. */
public final class OneDnnLibrary {
  /** Single precision. */
  public static final int F32 = dnnl.dnnl_f32;

  static final int BF16 = dnnl.dnnl_bf16;

  /** Signed bytes. */
  public static final int S8 = dnnl.dnnl_s8;

  private static final int U8 = dnnl.dnnl_u8;

  private static final dnnl_engine ENGINE = new dnnl_engine();
  private static final dnnl_stream STREAM = new dnnl_stream();

  static {
    // The instruction set limit must be set before the first primitive.
    CpuFeatures.instructionSet();
    check(dnnl.dnnl_engine_create(ENGINE, dnnl.dnnl_cpu, 0), "creating the CPU engine");
    check(
        dnnl.dnnl_stream_create(STREAM, ENGINE, dnnl.dnnl_stream_default_flags),
        "creating the stream");
  }

  private OneDnnLibrary() {}

  static dnnl_engine engine() {
    return ENGINE;
  }

  static dnnl_stream stream() {
    return STREAM;
  }

  /** Returns the version of oneDNN, such as {@code 3.11.0}. */
  public static String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /** Refuses a status of oneDNN other than success; {@code what} was attempted. */
  public static void check(int status, String what) {
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

  /**
   * Returns the name of the implementation that oneDNN chose, such as {@code
   * brg_conv_fwd:avx512_core}.
   */
  public static String implementation(dnnl_primitive_desc descriptor) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      check(
          dnnl.dnnl_primitive_desc_query(descriptor, dnnl.dnnl_query_impl_info_str, 0, text),
          "asking for an implementation");
      Pointer name = text.get(0);
      return new BytePointer(name).getString();
    }
  }

  /** Returns the type of 8-bit integers. */
  public static int type(Int8 int8) {
    return int8.signed() ? S8 : U8;
  }

  static long bytes(dnnl_memory_desc layout) {
    return dnnl.dnnl_memory_desc_get_size(layout);
  }

  /** Returns whether two layouts are the same. */
  public static boolean equal(dnnl_memory_desc one, dnnl_memory_desc other) {
    return dnnl.dnnl_memory_desc_equal(one, other) != 0;
  }

  /** Returns whether {@code descriptor} is one of oneDNN's slow reference implementations. */
  public static boolean isReference(dnnl_primitive_desc descriptor) {
    return isReference(implementation(descriptor));
  }

  /**
   * Returns whether {@code implementation} is loops that a compiler translated: {@code ref:any}, or
   * {@code gemm:ref}, a convolution by such a GEMM.
   */
  static boolean isReference(String implementation) {
    return implementation.startsWith("ref") || implementation.endsWith("gemm:ref");
  }
}
