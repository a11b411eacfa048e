package org.resnet4j.onednn.exec;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** Native objects that are freed together, in reverse order. */
final class Resources implements AutoCloseable {
  private final Deque<Runnable> destroyers = new ArrayDeque<>();

  dnnl_memory_desc own(dnnl_memory_desc layout) {
    destroyers.push(() -> dnnl.dnnl_memory_desc_destroy(layout));
    return layout;
  }

  dnnl_primitive_desc own(dnnl_primitive_desc descriptor) {
    destroyers.push(() -> dnnl.dnnl_primitive_desc_destroy(descriptor));
    return descriptor;
  }

  dnnl_primitive_attr own(dnnl_primitive_attr attributes) {
    destroyers.push(() -> dnnl.dnnl_primitive_attr_destroy(attributes));
    return attributes;
  }

  dnnl_primitive own(dnnl_primitive primitive) {
    destroyers.push(() -> dnnl.dnnl_primitive_destroy(primitive));
    return primitive;
  }

  dnnl_memory own(dnnl_memory memory) {
    destroyers.push(() -> dnnl.dnnl_memory_destroy(memory));
    return memory;
  }

  <T> T own(T thing, Consumer<T> close) {
    destroyers.push(() -> close.accept(thing));
    return thing;
  }

  /** Registers memory that JavaCPP allocated. */
  <T extends Pointer> T own(T pointer) {
    destroyers.push(pointer::close);
    return pointer;
  }

  @Override
  public void close() {
    while (!destroyers.isEmpty()) {
      destroyers.pop().run();
    }
  }
}
