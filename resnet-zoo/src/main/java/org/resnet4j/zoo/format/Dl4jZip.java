package org.resnet4j.zoo.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.ModelFile;
import org.resnet4j.weights.Tensors;

/**
 * The parameters of a Deeplearning4j zip, by Deeplearning4j's names: {@code VERTEX_W} and the like,
 * dense weights {@code [in, out]}. The whole network is in memory until it is closed.
 */
final class Dl4jZip implements Tensors {
  private final Path file;
  private final ComputationGraph graph;
  private final Map<String, INDArray> parameters;

  private Dl4jZip(Path file, ComputationGraph graph) {
    this.file = file;
    this.graph = graph;
    this.parameters = new LinkedHashMap<>(graph.paramTable());
  }

  static Tensors open(Path file) throws IOException {
    return new Dl4jZip(file, ModelFile.read(file, ModelFile.Updater.DROP));
  }

  @Override
  public String source() {
    return file.toString();
  }

  @Override
  public Set<String> names() {
    return parameters.keySet();
  }

  @Override
  public long[] shape(String name) {
    return parameter(name).shape().clone();
  }

  @Override
  public float[] read(String name) {
    return parameter(name).dup('c').data().asFloat();
  }

  private INDArray parameter(String name) {
    INDArray parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException(file + ": there is no tensor \"" + name + "\"");
    }
    return parameter;
  }

  @Override
  public void close() {
    graph.close();
  }
}
