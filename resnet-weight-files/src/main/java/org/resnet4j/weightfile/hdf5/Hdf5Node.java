package org.resnet4j.weightfile.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.resnet4j.tensors.Content;
import org.resnet4j.tensors.ElementType;
import org.resnet4j.tensors.HeapContent;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.WeightFileException;

/** A group or dataset of an HDF5 file. */
public final class Hdf5Node {
  private static final int MOST_SOFT_LINKS = 16;
  private static final int UNDEFINED_LAYOUT = -1;

  private final Hdf5Bytes bytes;
  private final long address;
  private final String path;
  private final List<Hdf5Header.Message> messages;
  private final @Nullable Hdf5Node root;
  private @Nullable Map<String, Hdf5Link> links;

  private Hdf5Node(Hdf5Bytes bytes, long address, String path, @Nullable Hdf5Node root)
      throws IOException {
    this.bytes = bytes;
    this.address = address;
    this.path = path;
    this.root = root;
    this.messages = Hdf5Header.read(bytes, address);
  }

  static Hdf5Node root(Hdf5Bytes bytes, long address) throws IOException {
    return new Hdf5Node(bytes, address, "", null);
  }

  /** Returns the names from the root on, each after a slash; empty for the root. */
  String path() {
    return path;
  }

  public String where() {
    return "%s: \"%s\"".formatted(bytes.where, path.isEmpty() ? "/" : path);
  }

  public boolean isDataset() {
    return messages.stream().anyMatch(message -> message.type() == Hdf5Header.LAYOUT);
  }

  private Map<String, Hdf5Link> links() throws IOException {
    if (links == null) {
      links = Hdf5Link.read(bytes, messages);
    }
    return links;
  }

  /** Returns the names in this group, in the order of the file; none for a dataset. */
  public Set<String> children() throws IOException {
    return links().keySet();
  }

  /**
   * Returns the node at {@code target}, a path from this node or, after a slash, from the root.
   *
   * @throws WeightFileException when there is none, or it is in another file
   */
  public Hdf5Node find(String target) throws IOException {
    Deque<String> steps = new ArrayDeque<>();
    Hdf5Node node = push(steps, target);
    int softLinks = 0;
    while (!steps.isEmpty()) {
      String step = steps.pop();
      if (step.isEmpty() || step.equals(".")) {
        continue;
      }
      Hdf5Link link = node.links().get(step);
      if (link == null) {
        throw new WeightFileException(
            "%s: expected \"%s\" in it but it is not there; %s"
                .formatted(node.where(), step, WeightFileException.REFETCH));
      }
      switch (link.kind()) {
        case HARD -> node = node.child(step, link.address());
        case SOFT -> {
          if (++softLinks > MOST_SOFT_LINKS) {
            throw node.refused(step, "links that lead to something but they lead in circles");
          }
          node = node.push(steps, link.target());
        }
        default ->
            throw node.refused(
                step, "data in this file but it is in \"%s\"".formatted(link.target()));
      }
    }
    return node;
  }

  /** Pushes the steps of {@code target} before the others and returns the node where they start. */
  private Hdf5Node push(Deque<String> steps, String target) {
    String[] parts = target.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      steps.push(parts[i]);
    }
    return target.startsWith("/") && root != null ? root : this;
  }

  private Hdf5Node child(String name, long at) throws IOException {
    bytes.charge(path.length() + name.length());
    return new Hdf5Node(bytes, at, path + "/" + name, root == null ? this : root);
  }

  private WeightFileException refused(String step, String expected) {
    return new WeightFileException(
        "%s: link \"%s\": expected %s; do not trust this file".formatted(where(), step, expected));
  }

  private @Nullable ByteBuffer data(int type) {
    for (Hdf5Header.Message message : messages) {
      if (message.type() == type) {
        return message.data();
      }
    }
    return null;
  }

  private ByteBuffer required(int type, String what) throws WeightFileException {
    ByteBuffer data = data(type);
    if (data == null) {
      throw bytes.at(address, "expected %s of \"%s\" but there is none".formatted(what, path));
    }
    return data;
  }

  public boolean hasAttribute(String name) throws IOException {
    return attribute(name) != null;
  }

  private @Nullable Hdf5Attribute attribute(String name) throws IOException {
    for (Hdf5Header.Message message : messages) {
      if (message.type() == Hdf5Header.ATTRIBUTE) {
        Hdf5Attribute attribute = Hdf5Attribute.read(bytes, message);
        if (attribute.name().equals(name)) {
          return attribute;
        }
      } else if (message.type() == Hdf5Header.ATTRIBUTE_INFO) {
        Hdf5Attribute.requireCompact(bytes, message);
      }
    }
    return null;
  }

  /** Returns the texts of an attribute; null when there is none of that name. */
  public @Nullable List<String> strings(String name) throws IOException {
    Hdf5Attribute attribute = attribute(name);
    return attribute == null ? null : attribute.strings(bytes);
  }

  /** Returns the tensor of a dataset, checked and not yet read. */
  public StoredTensor tensor() throws IOException {
    Hdf5Type type = Hdf5Type.read(bytes, address, required(Hdf5Header.DATATYPE, "the type"));
    long[] shape = Hdf5Space.read(bytes, address, required(Hdf5Header.DATASPACE, "the shape"));
    ElementType element = type.numbers();
    if (element == null || (type.isOpaque() && !List.of("bfloat16").equals(strings("dtype")))) {
      throw bytes.at(
          address,
          "expected floating-point numbers or integers in \"%s\" but its type is of class %s and %s bytes"
              .formatted(path, type.kind(), type.size()));
    }
    long count = StoredTensor.count(where(), shape);
    if (count > Long.MAX_VALUE / element.size()) {
      throw bytes.at(address, "expected less than 2^63 bytes in \"%s\"".formatted(path));
    }
    Content content = content(shape, element, count * element.size());
    return StoredTensor.rowMajor(where(), element, type.order(), shape, 0, content);
  }

  /** Returns the content by the dataset's layout, section IV.A.2.i. */
  private Content content(long[] shape, ElementType element, long size) throws IOException {
    ByteBuffer layout = required(Hdf5Header.LAYOUT, "the layout");
    int version = layout.remaining() < 2 ? UNDEFINED_LAYOUT : layout.get(0);
    int kind = version == UNDEFINED_LAYOUT ? UNDEFINED_LAYOUT : layout.get(1);
    if (size == 0) {
      return new HeapContent(ByteBuffer.allocate(0));
    }
    if ((version == 3 || version == 4) && kind == 0 && layout.remaining() >= 4 + size) {
      return new HeapContent(layout.slice(4, (int) size));
    }
    if ((version == 3 || version == 4) && kind == 1 && layout.remaining() >= 18) {
      return contiguous(layout.getLong(2), layout.getLong(10), size);
    }
    if (version == 3 && kind == 2) {
      return Hdf5Chunks.of(bytes, address, layout, shape, element.size(), filters());
    }
    throw bytes.unsupported(
        address,
        "expected a layout of version 3 for \"%s\" but was version %s, class %s in %s bytes"
            .formatted(path, version, kind, layout.remaining()));
  }

  private Hdf5Filters filters() throws IOException {
    ByteBuffer filters = data(Hdf5Header.FILTERS);
    return filters == null ? Hdf5Filters.NONE : Hdf5Filters.read(bytes, address, filters);
  }

  private Content contiguous(long at, long length, long size) throws WeightFileException {
    long rest = bytes.content.size() - bytes.base;
    if (at < 0 || length != size || at > rest || size > rest - at) {
      throw bytes.at(
          address,
          "expected the %s bytes of \"%s\" in the file but it has %s at %s of %s"
              .formatted(size, path, length, at, rest));
    }
    return new Hdf5Part(bytes.content, bytes.base + at, size);
  }

  /** A part of the file. */
  private record Hdf5Part(Content whole, long offset, long size) implements Content {
    @Override
    public Cursor open() throws IOException {
      Cursor cursor = whole.open();
      return (at, into) -> cursor.read(offset + at, into);
    }
  }
}
