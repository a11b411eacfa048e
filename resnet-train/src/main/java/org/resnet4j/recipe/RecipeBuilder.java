package org.resnet4j.recipe;

import java.util.List;
import org.resnet4j.data.LastBatch;

/** The columns while a {@link Recipe} is being written. */
public final class RecipeBuilder {
  private String name;
  private String description;
  private String model;
  private String dataset;
  private int imagesPerClass;
  private int imageSize;
  private int channels;
  private int epochs;
  private int batch;
  private double learningRate;
  private double momentum;
  private double weightDecay;
  private Recipe.Decay decay;
  private List<Integer> milestones;
  private double warmupEpochs;
  private List<Augmentation> augmentations;
  private String statistics;
  private LastBatch lastBatch;
  private Recipe.Precision precision;

  RecipeBuilder(Recipe row) {
    name = row.name();
    description = row.description();
    model = row.model();
    dataset = row.dataset();
    imagesPerClass = row.imagesPerClass();
    imageSize = row.imageSize();
    channels = row.channels();
    epochs = row.epochs();
    batch = row.batch();
    learningRate = row.learningRate();
    momentum = row.momentum();
    weightDecay = row.weightDecay();
    decay = row.decay();
    milestones = row.milestones();
    warmupEpochs = row.warmupEpochs();
    augmentations = row.augmentations();
    statistics = row.statistics();
    lastBatch = row.lastBatch();
    precision = row.precision();
  }

  RecipeBuilder name(String value) {
    name = value;
    return this;
  }

  RecipeBuilder description(String value) {
    description = value;
    return this;
  }

  RecipeBuilder epochs(int value) {
    epochs = value;
    return this;
  }

  RecipeBuilder milestones(List<Integer> values) {
    milestones = values;
    return this;
  }

  public RecipeBuilder model(String value) {
    model = value;
    return this;
  }

  public RecipeBuilder dataset(String value) {
    dataset = value;
    return this;
  }

  public RecipeBuilder imagesPerClass(int most) {
    imagesPerClass = most;
    return this;
  }

  public RecipeBuilder channels(int count) {
    channels = count;
    return this;
  }

  public RecipeBuilder imageSize(int pixels) {
    imageSize = pixels;
    return this;
  }

  public RecipeBuilder batch(int images) {
    batch = images;
    return this;
  }

  public RecipeBuilder learningRate(double highest) {
    learningRate = highest;
    return this;
  }

  public RecipeBuilder momentum(double value) {
    momentum = value;
    return this;
  }

  public RecipeBuilder weightDecay(double value) {
    weightDecay = value;
    return this;
  }

  RecipeBuilder steps(Integer... epochs) {
    decay = Recipe.Decay.STEPS;
    return milestones(List.of(epochs));
  }

  RecipeBuilder cosine() {
    decay = Recipe.Decay.COSINE;
    return milestones(List.of());
  }

  public RecipeBuilder warmupEpochs(double value) {
    warmupEpochs = value;
    return this;
  }

  public RecipeBuilder augmentations(Augmentation... values) {
    augmentations = List.of(values);
    return this;
  }

  public RecipeBuilder statistics(String value) {
    statistics = value;
    return this;
  }

  public RecipeBuilder lastBatch(LastBatch value) {
    lastBatch = value;
    return this;
  }

  public RecipeBuilder precision(Recipe.Precision value) {
    precision = value;
    return this;
  }

  Recipe build() {
    return new Recipe(
        name,
        description,
        model,
        dataset,
        imagesPerClass,
        imageSize,
        channels,
        epochs,
        batch,
        learningRate,
        momentum,
        weightDecay,
        decay,
        milestones,
        warmupEpochs,
        augmentations,
        statistics,
        lastBatch,
        precision);
  }
}
