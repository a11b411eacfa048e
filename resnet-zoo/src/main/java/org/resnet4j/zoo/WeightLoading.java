package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Plan;
import org.resnet4j.keymapping.KeyMappings;
import org.resnet4j.model.ModelFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weightfile.WrapperPrefixes;
import org.resnet4j.weights.KeyMapping;
import org.resnet4j.weights.LoadReport;
import org.resnet4j.weights.NetworkTensors;
import org.resnet4j.weights.Tolerance;
import org.resnet4j.weights.WeightBinder;

/** Makes a network of an architecture and binds the weights of a file to it. */
final class WeightLoading {
  private WeightLoading() {}

  static LoadedNetwork load(
      Architecture row, Path file, LoadOptions options, Set<Tolerance> tolerated)
      throws IOException {
    if (WeightFile.isDeeplearning4j(file)) {
      if (options.naming() != null) {
        throw new IllegalArgumentException(
            "%s: is a Deeplearning4j zip, which has names of its own, but %s's were asked for; leave out the naming"
                .formatted(file, options.naming()));
      }
      return ofZip(row, file);
    }
    try (Tensors tensors = WeightFile.open(file)) {
      return bound(row, tensors, options, tolerated);
    }
  }

  static LoadedNetwork ofZip(Architecture row, Path file) throws IOException {
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    Plan plan = Plan.of(row);
    long expected = plan.dl4jParameterCount();
    if (network.numParams() != expected) {
      throw new IOException(
          "%s: expected the %s parameters of %s but there are %s; name the architecture that the file is of, and its classes"
              .formatted(file, expected, row.name(), network.numParams()));
    }
    try {
      NetworkTensors.of(network, plan);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
    List<String> loaded = List.copyOf(network.paramTable().keySet());
    List<String> none = List.of();
    return new LoadedNetwork(
        row,
        network,
        new LoadReport(file.toString(), "deeplearning4j", loaded, none, none, none, none));
  }

  static Set<Tolerance> tolerated(Architecture published, Architecture row, LoadOptions options) {
    Set<Tolerance> tolerated = EnumSet.noneOf(Tolerance.class);
    tolerated.addAll(options.tolerated());
    if (row.classes() != published.classes()) {
      tolerated.add(Tolerance.OTHER_CLASSES);
    }
    if (row.input().channels() != published.input().channels()) {
      tolerated.add(Tolerance.OTHER_CHANNELS);
    }
    return tolerated;
  }

  static LoadedNetwork bound(
      Architecture row, Tensors file, LoadOptions options, Set<Tolerance> tolerated)
      throws IOException {
    Tensors tensors = WrapperPrefixes.strip(file);
    String family = options.naming();
    KeyMapping naming =
        family == null ? KeyMappings.recognise(tensors) : KeyMappings.byName(family, tensors);
    ResNetGraph graph = ResNetGraph.of(row).seed(options.seed());
    // A strict file sets every parameter.
    ComputationGraph network = tolerated.isEmpty() ? graph.blank() : graph.network();
    LoadReport report = WeightBinder.bind(tensors, naming, Plan.of(row), network, tolerated);
    return new LoadedNetwork(row, network, report);
  }
}
