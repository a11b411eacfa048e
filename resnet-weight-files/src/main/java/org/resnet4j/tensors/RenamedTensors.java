package org.resnet4j.tensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A part of another instance's tensors, under other names.
 *
 * @param originals name in {@code tensors} by new name
 */
public record RenamedTensors(Tensors tensors, Map<String, String> originals, Selection selection)
    implements Tensors {
  /** The separators of a name's parts: PyTorch's and Keras's. */
  private static final String SEPARATORS = "./";

  public RenamedTensors {
    originals = Collections.unmodifiableMap(new LinkedHashMap<>(originals));
  }

  /**
   * Returns the tensors whose names begin with {@code prefix} and a separator, without both. An
   * empty prefix returns all.
   *
   * @throws WeightFileException when there are none; then {@code tensors} is closed
   */
  public static Tensors under(String prefix, Tensors tensors) throws IOException {
    if (prefix.isEmpty()) {
      return tensors;
    }
    Map<String, String> originals = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      if (isUnder(prefix, name)) {
        originals.put(name.substring(prefix.length() + 1), name);
      }
    }
    if (originals.isEmpty()) {
      tensors.close();
      throw new WeightFileException(
          "%s: expected weights under \"%s\" but there are none; names in the file begin with %s"
              .formatted(tensors.source(), prefix, beginnings(tensors.names())));
    }
    Selection outer = tensors.selection();
    String key = outer.key().isEmpty() ? prefix : outer.key() + "." + prefix;
    return new RenamedTensors(
        tensors, originals, new Selection(key, outer.others(), outer.notes()));
  }

  private static boolean isUnder(String prefix, String name) {
    return name.length() > prefix.length() + 1
        && name.startsWith(prefix)
        && SEPARATORS.indexOf(name.charAt(prefix.length())) >= 0;
  }

  private static String beginnings(Set<String> names) {
    Set<String> beginnings = new TreeSet<>();
    for (String name : names) {
      beginnings.add(name.split("[./]", 2)[0]);
    }
    return Selection.first(beginnings.stream().toList());
  }

  @Override
  public String source() {
    return tensors.source();
  }

  @Override
  public Set<String> names() {
    return originals.keySet();
  }

  @Override
  public long[] shape(String name) {
    return tensors.shape(original(name));
  }

  @Override
  public float[] read(String name) throws IOException {
    return tensors.read(original(name));
  }

  @Override
  public void read(String name, ByteBuffer into) throws IOException {
    tensors.read(original(name), into);
  }

  @Override
  public boolean isWhole(String name) {
    return tensors.isWhole(original(name));
  }

  private String original(String name) {
    String original = originals.get(name);
    if (original == null) {
      throw new IllegalArgumentException(source() + ": there is no tensor \"" + name + "\"");
    }
    return original;
  }

  @Override
  public void close() throws IOException {
    tensors.close();
  }
}
