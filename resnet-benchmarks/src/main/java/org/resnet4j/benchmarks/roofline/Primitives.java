package org.resnet4j.benchmarks.roofline;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu;
import static org.bytedeco.dnnl.global.dnnl.dnnl_engine_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_create_with_tag;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_destroy;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_default_flags;
import static org.bytedeco.dnnl.global.dnnl.dnnl_stream_wait;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** Creates and times oneDNN primitives on the CPU, one at a time. Not thread-safe. */
public final class Primitives {
  /** The fewest runs; repetitions continue until both limits are reached. */
  private static final int FEWEST_RUNS = 5;

  private static final long SHORTEST_NANOSECONDS = 60_000_000;

  /**
   * The byte that fills memory: 0.0115 as a float and as a bfloat16, a harmless number for every
   * argument.
   */
  private static final int FILLING = 0x3c;

  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();

  Primitives() {
    require(dnnl_engine_create(engine, dnnl_cpu, 0));
    require(dnnl_stream_create(stream, engine, dnnl_stream_default_flags));
  }

  /** Returns the version, for example {@code oneDNN 3.11.0}. */
  public static String version() {
    dnnl_version_t version = dnnl_version();
    return "oneDNN %s.%s.%s".formatted(version.major(), version.minor(), version.patch());
  }

  /** A constructor of a primitive's descriptor. */
  interface Maker {
    int create(dnnl_primitive_desc result, dnnl_engine engine);
  }

  /**
   * Returns the descriptor.
   *
   * @throws UnsupportedOperationException if oneDNN returns a status other than success
   */
  dnnl_primitive_desc descriptor(Maker maker) {
    dnnl_primitive_desc result = new dnnl_primitive_desc();
    require(maker.create(result, engine));
    return result;
  }

  /** Returns a tensor in the layout {@code tag}. */
  static dnnl_memory_desc tensor(int type, int tag, long... shape) {
    dnnl_memory_desc result = new dnnl_memory_desc();
    require(dnnl_memory_desc_create_with_tag(result, shape.length, shape, type, tag));
    return result;
  }

  /** Returns the median seconds of several runs with memory for {@code arguments}. */
  double seconds(dnnl_primitive_desc descriptor, int... arguments) {
    dnnl_primitive primitive = new dnnl_primitive();
    require(dnnl_primitive_create(primitive, descriptor));
    List<BytePointer> buffers = new ArrayList<>();
    List<dnnl_memory> memories = new ArrayList<>();
    try (dnnl_exec_arg_t bound = new dnnl_exec_arg_t(arguments.length)) {
      for (int i = 0; i < arguments.length; i++) {
        memories.add(memory(descriptor, arguments[i], buffers));
        bound.getPointer(i).arg(arguments[i]).memory(memories.get(i));
      }
      return median(primitive, arguments.length, bound);
    } finally {
      memories.forEach(memory -> dnnl_memory_destroy(memory));
      buffers.forEach(BytePointer::close);
      dnnl_primitive_destroy(primitive);
    }
  }

  private dnnl_memory memory(
      dnnl_primitive_desc descriptor, int argument, List<BytePointer> buffers) {
    dnnl_memory_desc tensor =
        dnnl_primitive_desc_query_md(descriptor, dnnl_query_exec_arg_md, argument);
    long size = dnnl_memory_desc_get_size(tensor);
    BytePointer buffer = new BytePointer(size + 4096);
    buffers.add(buffer);
    Pointer.memset(buffer, FILLING, size);
    dnnl_memory memory = new dnnl_memory();
    require(dnnl_memory_create(memory, tensor, engine, buffer));
    return memory;
  }

  private double median(dnnl_primitive primitive, int count, dnnl_exec_arg_t arguments) {
    List<Long> times = new ArrayList<>();
    long start = System.nanoTime();
    while (times.size() < FEWEST_RUNS || System.nanoTime() - start < SHORTEST_NANOSECONDS) {
      long before = System.nanoTime();
      require(dnnl_primitive_execute(primitive, stream, count, arguments));
      require(dnnl_stream_wait(stream));
      times.add(System.nanoTime() - before);
    }
    Collections.sort(times);
    return times.get(times.size() / 2) / 1e9;
  }

  private static void require(int status) {
    if (status != dnnl_success) {
      throw new UnsupportedOperationException(
          "oneDNN: expected success but the status was " + status);
    }
  }
}
