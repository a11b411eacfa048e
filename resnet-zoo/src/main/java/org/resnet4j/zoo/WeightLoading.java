package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.BaseOutputLayer;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.RecognisedWeights;
import org.resnet4j.model.ModelFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weights.FileArchitecture;
import org.resnet4j.weights.LoadReport;
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
      ComputationGraph network =
          ChannelsFirst.require(ModelFile.read(file, ModelFile.Updater.DROP), file);
      Architecture architecture = published.with(options.change());
      boolean isSet = architecture.classes() != published.classes();
      Architecture ofFile = isSet ? architecture : withClasses(architecture, network);
      return of(withEpsilon(ofFile, network), network, file, "");
    }
    try (Tensors tensors = WeightFile.open(file, options.key())) {
      return bound(published, tensors, options);
    }
  }

  /**
   * Returns the network in a zip that describes its architecture.
   *
   * @param description name of the entry that describes it, for messages
   * @throws IOException when the network computes something else
   */
  static Loaded ofZip(Architecture architecture, Path file, String description) throws IOException {
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    return of(architecture, network, file, ", as " + description + " describes it,");
  }

  private static Loaded of(
      Architecture architecture, ComputationGraph network, Path file, String description)
      throws IOException {
    long expected = Plan.of(architecture).dl4jParameterCount();
    if (network.numParams() != expected) {
      throw new IOException(
          "%s: expected the %s parameters of %s but there are %s; name the file's architecture and number of classes"
              .formatted(file, expected, architecture.name(), network.numParams()));
    }
    Optional<String> difference =
        ResNetGraph.of(architecture).difference(network.getConfiguration());
    if (difference.isPresent()) {
      throw new IOException(
          "%s: expected the network of %s%s but it differs at %s; name the architecture that it was made from, or save it again"
              .formatted(file, architecture.name(), description, difference.orElseThrow()));
    }
    List<String> loaded = List.copyOf(network.paramTable().keySet());
    List<String> none = List.of();
    return new Loaded(
        architecture,
        network,
        new LoadReport(file.toString(), "deeplearning4j", loaded, none, none, none, none, none));
  }

  /** Returns the architecture with as many classes as the network has outputs. */
  private static Architecture withClasses(Architecture architecture, ComputationGraph network) {
    int classes = classes(architecture, network);
    return classes == 0 ? architecture : architecture.with(arch -> arch.classes(classes));
  }

  /**
   * Returns the number of a network's classes; 0 if its end is no classifier.
   *
   * @param architecture null if it is unknown
   */
  static int classes(@Nullable Architecture architecture, ComputationGraph network) {
    boolean classifies = architecture == null || architecture.head().kind() == HeadKind.CLASSIFIER;
    return classifies && network.getOutputLayer(0) instanceof BaseOutputLayer<?>
        ? Math.toIntExact(network.layerSize(network.getConfiguration().getNetworkOutputs().get(0)))
        : 0;
  }

  /** Returns the architecture with the ε of the network's first batch norm. */
  private static Architecture withEpsilon(Architecture architecture, ComputationGraph network) {
    return ResNetGraph.epsilon(network.getConfiguration())
        .map(epsilon -> architecture.with(arch -> arch.epsilon(epsilon)))
        .orElse(architecture);
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
