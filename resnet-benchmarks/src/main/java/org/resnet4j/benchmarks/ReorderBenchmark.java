package org.resnet4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the time in which oneDNN reorders a tensor from one layout to another. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReorderBenchmark {
  /** The tensor to reorder, and both layouts. */
  public enum What {
    /** Images in a batch of 8, 64 channels of 56², from Deeplearning4j's layout to the engine's. */
    IMAGES_TO_BLOCKS(dnnl.dnnl_nchw, dnnl.dnnl_nChw16c),
    IMAGES_TO_CHANNELS_LAST(dnnl.dnnl_nchw, dnnl.dnnl_nhwc),
    /**
     * Weights of a 3×3 kernel from 256 to 256 channels; their gradient is reordered the other way.
     */
    WEIGHTS_TO_BLOCKS(dnnl.dnnl_oihw, dnnl.dnnl_OIhw16i16o),
    GRADIENT_FROM_BLOCKS(dnnl.dnnl_OIhw16i16o, dnnl.dnnl_oihw),
    /** The gradient of a 1×1 kernel from 2,048 to 512 channels, whose strides are powers of two. */
    WIDE_GRADIENT_FROM_BLOCKS(dnnl.dnnl_OIhw16i16o, dnnl.dnnl_oihw);

    private final int from;
    private final int to;

    What(int from, int to) {
      this.from = from;
      this.to = to;
    }

    private long[] shape() {
      return switch (this) {
        case IMAGES_TO_BLOCKS, IMAGES_TO_CHANNELS_LAST -> new long[] {8, 64, 56, 56};
        case WEIGHTS_TO_BLOCKS, GRADIENT_FROM_BLOCKS -> new long[] {256, 256, 3, 3};
        case WIDE_GRADIENT_FROM_BLOCKS -> new long[] {512, 2048, 1, 1};
      };
    }
  }

  @Param What what;

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);
  private FloatPointer source;
  private FloatPointer destination;

  @Setup
  public void prepare() {
    require(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0));
    require(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags));
    dnnl_memory_desc from = layout(what.from);
    dnnl_memory_desc to = layout(what.to);
    dnnl_primitive_desc descriptor = new dnnl_primitive_desc();
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    require(dnnl.dnnl_primitive_attr_create(attributes));
    require(
        dnnl.dnnl_reorder_primitive_desc_create(descriptor, from, engine, to, engine, attributes));
    require(dnnl.dnnl_primitive_create(primitive, descriptor));
    long count = dnnl.dnnl_memory_desc_get_size(from) / Float.BYTES;
    source = new FloatPointer(count).zero();
    destination = new FloatPointer(count).zero();
    arguments.getPointer(0).arg(dnnl.DNNL_ARG_SRC).memory(memory(from, source));
    arguments.getPointer(1).arg(dnnl.DNNL_ARG_DST).memory(memory(to, destination));
  }

  private dnnl_memory_desc layout(int tag) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    long[] shape = what.shape();
    require(dnnl.dnnl_memory_desc_create_with_tag(layout, shape.length, shape, dnnl.dnnl_f32, tag));
    return layout;
  }

  private dnnl_memory memory(dnnl_memory_desc layout, FloatPointer floats) {
    dnnl_memory memory = new dnnl_memory();
    require(dnnl.dnnl_memory_create(memory, layout, engine, floats));
    return memory;
  }

  @Benchmark
  public int reorder() {
    require(dnnl.dnnl_primitive_execute(primitive, stream, 2, arguments));
    return dnnl.dnnl_stream_wait(stream);
  }

  private static void require(int status) {
    if (status != dnnl.dnnl_success) {
      throw new IllegalStateException("oneDNN: expected success but the status was " + status);
    }
  }
}
