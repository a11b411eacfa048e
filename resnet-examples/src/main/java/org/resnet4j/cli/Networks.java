package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.graph.ModelFile;
import org.resnet4j.zoo.Zoo;

/** What a user may mean by a model: an architecture's name or a file. */
final class Networks {
  private Networks() {}

  /** The network in a zip, or the one named {@code model} with fresh weights. */
  static ComputationGraph open(String model, long seed, UnaryOperator<Architecture.Builder> change)
      throws IOException {
    Path file = Path.of(model);
    if (Files.exists(file) || model.endsWith(".zip")) {
      return ModelFile.read(file, ModelFile.Updater.DROP);
    }
    return Zoo.create(model, change, seed);
  }
}
