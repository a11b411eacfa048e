package org.resnet4j.zoo.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.zoo.Labels;
import org.resnet4j.zoo.LoadOptions;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;
import org.resnet4j.zoo.WeightStore;

/**
 * A {@link ZooModel} with pretrained weights, or with an architecture and its most accurate
 * weights. Unlike {@code ZooModel}'s own, {@code initPretrained} downloads with time-outs, into
 * this project's cache, and verifies the file before use.
 *
 * <pre>{@code
 * ZooModel<?> model = WeightSetModel.of("resnet50.tv_in1k_v2");
 * ComputationGraph network = model.initPretrained(PretrainedType.IMAGENET);
 * }</pre>
 */
public final class WeightSetModel extends ZooModel<WeightSetModel> {
  private final String name;
  private final Map<PretrainedType, PretrainedWeights> sets;
  private final WeightStore store;
  private Architecture architecture;

  private WeightSetModel(
      String name,
      Architecture architecture,
      Map<PretrainedType, PretrainedWeights> sets,
      WeightStore store) {
    this.name = name;
    this.architecture = architecture;
    this.sets = sets;
    this.store = store;
  }

  /**
   * Returns the model of that name.
   *
   * @param name a name of {@link WeightSets}, or of an architecture, whose most accurate weights,
   *     if any, become its pretrained weights
   * @throws IllegalArgumentException when there is no such name
   */
  public static WeightSetModel of(String name) {
    return of(name, WeightStore.usual());
  }

  /** Returns the model of that name, with weights from {@code store}. */
  public static WeightSetModel of(String name, WeightStore store) {
    Optional<PretrainedWeights> named = WeightSets.find(name);
    return named.isPresent()
        ? of(named.get(), store)
        : of(name, Architectures.byName(name), WeightSets.best(name), store);
  }

  /** Returns a model with the given weights, which need not be in {@link WeightSets}. */
  public static WeightSetModel of(PretrainedWeights weights, WeightStore store) {
    return of(weights.name(), weights.architectureSpec(), Optional.of(weights), store);
  }

  private static WeightSetModel of(
      String name, Architecture architecture, Optional<PretrainedWeights> set, WeightStore store) {
    Map<PretrainedType, PretrainedWeights> sets = new EnumMap<>(PretrainedType.class);
    set.ifPresent(weights -> type(weights.labels()).ifPresent(type -> sets.put(type, weights)));
    return new WeightSetModel(name, architecture, sets, store);
  }

  private static Optional<PretrainedType> type(Labels labels) {
    return switch (labels) {
      case IMAGENET_1K -> Optional.of(PretrainedType.IMAGENET);
      case CIFAR_10 -> Optional.of(PretrainedType.CIFAR10);
      case CIFAR_100 -> Optional.empty();
    };
  }

  /**
   * Sets the shape of the only input, {@code [C, H, W]}; pretrained weights must have the same
   * number of channels.
   */
  @Override
  public void setInputShape(int[][] inputShape) {
    if (inputShape.length != 1 || inputShape[0].length != 3) {
      throw new IllegalArgumentException(
          "%s: expected one input shape [C, H, W] but was %s"
              .formatted(name, Arrays.deepToString(inputShape)));
    }
    int[] shape = inputShape[0];
    architecture = architecture.with(arch -> arch.input(new Shape(shape[0], shape[1], shape[2])));
  }

  /** Returns the network with fresh weights. */
  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Deeplearning4j's signature
  public <M extends Model> M init() {
    return (M) ResNetGraph.of(architecture).network();
  }

  /** Returns the network with weights for ImageNet, or with the only ones there are. */
  @Override
  public Model initPretrained() throws IOException {
    return pretrained(sets.size() == 1 ? sets.keySet().iterator().next() : PretrainedType.IMAGENET);
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Deeplearning4j's signature
  public <M extends Model> M initPretrained(PretrainedType type) throws IOException {
    return (M) pretrained(type);
  }

  private ComputationGraph pretrained(PretrainedType type) throws IOException {
    PretrainedWeights set = sets.get(type);
    if (set == null) {
      throw new UnsupportedOperationException(
          "%s: there are no weights for %s; expected one of %s"
              .formatted(name, type, sets.keySet()));
    }
    Shape input = architecture.input();
    LoadOptions options = LoadOptions.strict().change(arch -> arch.input(input));
    Path file = store.downloading(FetchProgress.SILENT).get(set);
    return Models.published(set, file, options).network();
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester")
  public ModelMetaData metaData() {
    Shape input = architecture.input();
    int[][] shape = {{input.channels(), input.height(), input.width()}};
    return new ModelMetaData(shape, 1, ZooType.CNN);
  }

  @Override
  public Class<? extends Model> modelType() {
    return ComputationGraph.class;
  }

  @Override
  public @Nullable String pretrainedUrl(PretrainedType type) {
    PretrainedWeights set = sets.get(type);
    return set == null ? null : set.address().toString();
  }

  /** Returns 0, for unknown: publishers give SHA-256 or MD5, which is checked, but not Adler-32. */
  @Override
  public long pretrainedChecksum(PretrainedType type) {
    return 0;
  }

  @Override
  public String modelName() {
    return name;
  }
}
