package org.resnet4j.weightfile;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.resnet4j.tensors.Tensors;

/** Removes the prefixes that wrappers of a module put before tensor names. */
public final class WrapperPrefixes {
  /**
   * The prefixes of {@code DataParallel}, of {@code torch.compile}, and of training frameworks'
   * {@code self.model}.
   */
  private static final List<String> PREFIXES = List.of("module.", "_orig_mod.", "model.");

  private WrapperPrefixes() {}

  /**
   * Returns the same tensors without {@code module.}, {@code _orig_mod.} and {@code model.} at the
   * start of their names, repeatedly: {@code module._orig_mod.conv1.weight} becomes {@code
   * conv1.weight}. A name is unchanged if the result is the name of another tensor, or when the
   * file describes its network.
   */
  public static Tensors strip(Tensors tensors) {
    if (tensors.graph() != null) {
      // The operators of the graph refer to the names of the file.
      return tensors;
    }
    Map<String, String> originals = new LinkedHashMap<>();
    for (String name : tensors.names()) {
      String bare = bare(name);
      boolean free =
          !originals.containsKey(bare)
              && !(bare.length() < name.length() && tensors.names().contains(bare));
      originals.put(free ? bare : name, name);
    }
    return new Renamed(tensors, Collections.unmodifiableMap(originals));
  }

  private static String bare(String name) {
    String bare = name;
    for (boolean found = true; found; ) {
      found = false;
      for (String prefix : PREFIXES) {
        if (bare.startsWith(prefix) && bare.length() > prefix.length()) {
          bare = bare.substring(prefix.length());
          found = true;
        }
      }
    }
    return bare;
  }

  private record Renamed(Tensors tensors, Map<String, String> originals) implements Tensors {
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
}
