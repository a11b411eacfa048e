package org.resnet4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.model.ModelFile;
import org.resnet4j.training.Training;
import org.resnet4j.zoo.Zoo;

/** Opens a network by an architecture's name or from a file. */
final class Networks {
  private Networks() {}

  /** Returns the zip itself, or the one in the folder of a run. */
  static Path file(Path model) {
    Path inside = model.resolve(Training.MODEL);
    return Files.isRegularFile(inside) ? inside : model;
  }

  /** Returns the network in a zip, or the one named {@code model} with fresh weights. */
  static ComputationGraph open(String model, long seed, UnaryOperator<ArchitectureBuilder> change)
      throws IOException {
    Path file = file(Path.of(model));
    if (Files.isRegularFile(file) || model.endsWith(".zip")) {
      return ModelFile.read(file, ModelFile.Updater.DROP);
    }
    return Zoo.create(model, change, seed);
  }
}
