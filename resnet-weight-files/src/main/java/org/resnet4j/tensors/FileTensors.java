package org.resnet4j.tensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a file, which stay there until they are read.
 *
 * @param selection place of the tensors in the file, and what else the file has
 * @param graph network that the file describes; null for none
 */
public record FileTensors(
    String source,
    Map<String, StoredTensor> tensors,
    Closeable file,
    Selection selection,
    @Nullable FileGraph graph)
    implements Tensors {
  /**
   * The largest accepted number of tensors in a file. ResNet-1202, the deepest network here, has
   * 6,000; a file with millions would take minutes to read.
   */
  public static final int MOST = 100_000;

  public FileTensors {
    tensors = Collections.unmodifiableMap(tensors);
    graph = graph == null || !graph.hasWeights() ? null : graph;
  }

  /** Creates the tensors of a file that does not describe its network. */
  public FileTensors(
      String source, Map<String, StoredTensor> tensors, Closeable file, Selection selection) {
    this(source, tensors, file, selection, null);
  }

  /** Creates the tensors of a file that holds nothing else. */
  public FileTensors(String source, Map<String, StoredTensor> tensors, Closeable file) {
    this(source, tensors, file, Selection.WHOLE, null);
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape().clone();
  }

  @Override
  public float[] read(String name) throws IOException {
    return tensor(name).read();
  }

  @Override
  public void read(String name, ByteBuffer into) throws IOException {
    tensor(name).read(into);
  }

  private StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(source + ": there is no tensor \"" + name + "\"");
    }
    return tensor;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
