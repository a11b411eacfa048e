package org.resnet4j.onednn.exec;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.onednn.code.Kernel;
import org.resnet4j.onednn.code.Operands;
import org.resnet4j.onednn.code.VectorAssembler;
import org.resnet4j.onednn.code.WorkList;

/** A builder of executables: it collects steps and the buffers that each reads and writes. */
public final class Assembly {
  private final Resources resources = new Resources();
  private final List<Supplier<Step>> steps = new ArrayList<>();
  private final Buffers buffers = new Buffers(resources);
  private final ImageLayout images;

  Assembly(ImageLayout images) {
    Team.enter();
    this.images = images;
  }

  /**
   * Returns the layout of a value. Images have the program's layout, or channels last for few
   * channels; vectors are contiguous.
   */
  public dnnl_memory_desc layout(long[] shape, int type) {
    if (shape.length != 4) {
      return layout(shape, type, dnnl.dnnl_ab);
    }
    return layout(shape, type, images.of(shape[1]).tag);
  }

  public dnnl_memory_desc layout(long[] shape, int type, int tag) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    OneDnnLibrary.check(
        dnnl.dnnl_memory_desc_create_with_tag(layout, shape.length, shape, type, tag),
        "describing memory");
    return resources.own(layout);
  }

  /** Returns a layout of floats with {@code strides} between neighbours along each axis. */
  public dnnl_memory_desc strided(long[] shape, long[] strides) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    OneDnnLibrary.check(
        dnnl.dnnl_memory_desc_create_with_strides(
            layout, shape.length, shape, OneDnnLibrary.F32, strides),
        "describing memory with strides");
    return resources.own(layout);
  }

  /** Returns the layout of the part of {@code whole} that begins at {@code offset}. */
  public dnnl_memory_desc part(dnnl_memory_desc whole, long[] shape, long[] offset) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    OneDnnLibrary.check(
        dnnl.dnnl_memory_desc_create_submemory(layout, whole, shape, offset),
        "describing a part of memory");
    return resources.own(layout);
  }

  public Buffer planned(String name, dnnl_memory_desc layout) {
    return buffers.add(name, Buffer.Kind.PLANNED, layout, null);
  }

  public Buffer persistent(String name, dnnl_memory_desc layout) {
    return buffers.add(name, Buffer.Kind.PERSISTENT, layout, null);
  }

  public Buffer external(String name, dnnl_memory_desc layout, long address) {
    Buffer buffer = buffers.add(name, Buffer.Kind.EXTERNAL, layout, null);
    buffer.address = address;
    return buffer;
  }

  /** Returns a buffer of the same bytes with another layout. */
  public Buffer view(Buffer of, dnnl_memory_desc layout) {
    return buffers.add(of.name, of.kind, layout, of);
  }

  /**
   * Returns attributes whose scratchpad is allocated by the program, as all primitives use them.
   */
  public dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnnLibrary.check(dnnl.dnnl_primitive_attr_create(attributes), "making attributes");
    resources.own(attributes);
    OneDnnLibrary.check(
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
        "choosing scratch memory");
    return attributes;
  }

  /** A function of oneDNN that creates a primitive descriptor and returns a status. */
  public interface Create {
    int create(dnnl_primitive_desc made, dnnl_engine engine);
  }

  /**
   * Returns a primitive descriptor; an error says {@code what} it was for, beginning with the
   * layer.
   */
  public dnnl_primitive_desc describe(String what, Create create) {
    dnnl_primitive_desc made = new dnnl_primitive_desc();
    OneDnnLibrary.check(create.create(made, OneDnnLibrary.engine()), what);
    return resources.own(made);
  }

  /** Registers {@code thing} to be closed with the program. */
  public <T> T own(T thing, Consumer<T> close) {
    return resources.own(thing, close);
  }

  /** Returns a kernel that is closed with the program. */
  public Kernel kernel(VectorAssembler code) {
    return own(new Kernel(code), Kernel::close);
  }

  /** Returns a call of {@code kernel}; the operands are closed with the program. */
  public WorkList.Call call(Kernel kernel, Operands operands) {
    return new WorkList.Call(kernel, own(operands, Operands::close));
  }

  /** Returns a step that runs {@code parts} in all threads. */
  public Runnable work(List<List<WorkList.Call>> parts) {
    return Team.work(own(new WorkList(parts), WorkList::close));
  }

  /** Returns the layout that {@code descriptor} requires in a role. */
  public static dnnl_memory_desc wanted(dnnl_primitive_desc descriptor, int role) {
    return dnnl.dnnl_primitive_desc_query_md(descriptor, dnnl.dnnl_query_exec_arg_md, role);
  }

  /** Adds a primitive, which is created after the memory has been allocated. */
  public void execute(
      String layer, String work, dnnl_primitive_desc descriptor, Argument... arguments) {
    List<Argument> all = new ArrayList<>(List.of(arguments));
    dnnl_memory_desc scratch =
        dnnl.dnnl_primitive_desc_query_md(descriptor, dnnl.dnnl_query_scratchpad_md, 0);
    if (OneDnnLibrary.bytes(scratch) > 0) {
      all.add(new Argument(dnnl.DNNL_ARG_SCRATCHPAD, planned(layer + " scratch", scratch)));
    }
    use(all.stream().map(Argument::buffer).toArray(Buffer[]::new));
    steps.add(() -> primitive(layer, work, descriptor, all));
  }

  /** Records that the next step reads or writes the buffers. */
  private void use(Buffer... used) {
    for (Buffer buffer : used) {
      buffer.usedAt(steps.size());
    }
  }

  /** Adds a Java step. */
  public void act(String layer, String work, Runnable action, Buffer... used) {
    use(used);
    steps.add(() -> new Step.Action(layer, work, action));
  }

  /**
   * Adds a Java step in place of a primitive.
   *
   * @param kernel created after the memory has been allocated
   */
  public void compute(
      String layer, String work, String implementation, Supplier<Runnable> kernel, Buffer... used) {
    use(used);
    steps.add(() -> new Step.Kernel(layer, work, implementation, kernel.get()));
  }

  public void zero(String layer, Buffer out) {
    act(layer, "zeros", () -> Pointer.memset(new Address(out.address()), 0, out.bytes), out);
  }

  /** Adds a reorder from one layout and type to another. */
  public void reorder(String layer, String work, Buffer from, Buffer to) {
    dnnl_primitive_desc descriptor =
        describe(
            layer + ": " + work,
            (made, engine) ->
                dnnl.dnnl_reorder_primitive_desc_create(
                    made, from.layout, engine, to.layout, engine, attributes()));
    execute(layer, work, descriptor, Argument.source(from), Argument.destination(to));
  }

  /** Returns {@code buffer}, or a copy of it in the layout {@code wanted}. */
  public Buffer in(dnnl_memory_desc wanted, Buffer buffer, String layer, String work) {
    if (OneDnnLibrary.equal(wanted, buffer.layout)) {
      return buffer;
    }
    Buffer copy = planned(buffer.name, wanted);
    reorder(layer, work, buffer, copy);
    return copy;
  }

  int position() {
    return steps.size();
  }

  private Step primitive(
      String layer, String work, dnnl_primitive_desc descriptor, List<Argument> arguments) {
    dnnl_primitive primitive = new dnnl_primitive();
    OneDnnLibrary.check(dnnl.dnnl_primitive_create(primitive, descriptor), layer + ": " + work);
    resources.own(primitive);
    dnnl_exec_arg_t native_ = resources.own(new dnnl_exec_arg_t(arguments.size()));
    for (int i = 0; i < arguments.size(); i++) {
      Argument argument = arguments.get(i);
      native_.position(i).arg(argument.role()).memory(memory(argument.buffer()));
    }
    native_.position(0);
    return new Step.Primitive(
        layer,
        work,
        primitive,
        native_,
        arguments.size(),
        OneDnnLibrary.implementation(descriptor));
  }

  private dnnl_memory memory(Buffer buffer) {
    @Nullable dnnl_memory known = buffer.memory;
    if (known != null) {
      return known;
    }
    dnnl_memory memory = new dnnl_memory();
    OneDnnLibrary.check(
        dnnl.dnnl_memory_create(
            memory, buffer.layout, OneDnnLibrary.engine(), new Address(buffer.address())),
        buffer.name + ": making memory");
    buffer.memory = resources.own(memory);
    return memory;
  }

  /** Returns the number of bytes that {@link #finish()} will allocate. */
  long bytes() {
    return buffers.bytes();
  }

  /** Allocates the memory and creates the primitives. */
  Executable finish() {
    long total = buffers.allocate();
    List<Step> made = steps.stream().map(Supplier::get).toList();
    return new Executable(made, buffers.all(), resources, total);
  }

  /** Frees the native objects created so far. */
  void abandon() {
    resources.close();
  }
}
