package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.RecognisedWeights;
import org.resnet4j.model.ModelFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weights.FileArchitecture;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.NetworkTensors;
import org.resnet4j.weights.Tolerance;

/** Builds the network of an architecture with the weights of a file. */
final class WeightLoading {
  private WeightLoading() {}

  /**
   * A network with weights from a file, and a report on the file's tensors.
   *
   * @param architecture with the values that the file states, such as ε
   */
  record Loaded(Architecture architecture, ComputationGraph network, LoadReport report) {}

  /**
   * Loads a file in any format of {@link WeightFile}.
   *
   * @param published the architecture before the changes of {@code options}
   */
  static Loaded load(Architecture published, Path file, LoadOptions options) throws IOException {
    if (WeightFile.isDeeplearning4j(file)) {
      if (options.naming() != null) {
        throw new IllegalArgumentException(
            "%s: expected no naming for a Deeplearning4j zip, which has its own names, but was %s; leave out the naming"
                .formatted(file, options.naming()));
      }
      return ofZip(published.with(options.change()), file);
    }
    try (Tensors tensors = WeightFile.open(file, options.key())) {
      return bound(published, tensors, options);
    }
  }

  static Loaded ofZip(Architecture architecture, Path file) throws IOException {
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    Plan plan = Plan.of(architecture);
    long expected = plan.dl4jParameterCount();
    if (network.numParams() != expected) {
      throw new IOException(
          "%s: expected the %s parameters of %s but there are %s; name the file's architecture and number of classes"
              .formatted(file, expected, architecture.name(), network.numParams()));
    }
    try {
      NetworkTensors.of(network, plan);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    List<String> loaded = List.copyOf(network.paramTable().keySet());
    List<String> none = List.of();
    return new Loaded(
        architecture,
        network,
        new LoadReport(file.toString(), "deeplearning4j", loaded, none, none, none, none, none));
  }

  static Loaded bound(Architecture published, Tensors file, LoadOptions options)
      throws IOException {
    Architecture architecture = FileArchitecture.adopt(published.with(options.change()), file);
    Set<Tolerance> tolerated = options.tolerated();
    RecognisedWeights weights =
        RecognisedWeights.of(file, options.naming(), architecture, tolerated);
    int classes = weights.classes().orElse(architecture.classes());
    boolean isSet = architecture.classes() != published.classes();
    if (!isSet && !tolerated.contains(Tolerance.OTHER_CLASSES)) {
      architecture = architecture.with(arch -> arch.classes(classes));
    }
    ResNetGraph graph = ResNetGraph.of(architecture).seed(options.seed());
    // A strict file sets every parameter.
    ComputationGraph network = tolerated.isEmpty() ? graph.blank() : graph.network();
    LoadReport report = weights.bind(Plan.of(architecture), network, tolerated);
    return new Loaded(architecture, network, report);
  }
}
