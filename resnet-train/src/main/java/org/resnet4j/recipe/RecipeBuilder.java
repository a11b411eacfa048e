package org.resnet4j.recipe;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.LastBatch;
import org.resnet4j.image.Augmentations;
import org.resnet4j.image.Transform;
import org.resnet4j.train.ParameterDecay;

/** The mutable fields of a {@link Recipe}. */
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
  private RateSchedule schedule;
  private Augmentations augmentations;
  private String statistics;
  private LastBatch lastBatch;
  private Recipe.Precision precision;
  private Balance balance;
  private Map<String, Double> classWeights;
  private int evaluateEvery;
  private int patience;
  private Recipe.Loss loss;
  private @Nullable Double labelThreshold;
  private Regularization regularization;
  private Optimizer optimizer;
  private double clipNorm;
  private ParameterDecay.Scope decayScope;
  private Averaging averaging;
  private int accumulation;
  private Resizing resizing;
  private Whitening whitening;

  RecipeBuilder(Recipe recipe) {
    name = recipe.name();
    description = recipe.description();
    model = recipe.model();
    dataset = recipe.dataset();
    imagesPerClass = recipe.imagesPerClass();
    imageSize = recipe.imageSize();
    channels = recipe.channels();
    epochs = recipe.epochs();
    batch = recipe.batch();
    learningRate = recipe.learningRate();
    momentum = recipe.momentum();
    weightDecay = recipe.weightDecay();
    schedule = recipe.schedule();
    augmentations = recipe.augmentations();
    statistics = recipe.statistics();
    lastBatch = recipe.lastBatch();
    precision = recipe.precision();
    balance = recipe.balance();
    classWeights = recipe.classWeights();
    evaluateEvery = recipe.evaluateEvery();
    patience = recipe.patience();
    loss = recipe.loss();
    labelThreshold = recipe.labelThreshold();
    regularization = recipe.regularization();
    optimizer = recipe.optimizer();
    clipNorm = recipe.clipNorm();
    decayScope = recipe.decayScope();
    averaging = recipe.averaging();
    accumulation = recipe.accumulation();
    resizing = recipe.resizing();
    whitening = recipe.whitening();
  }

  RecipeBuilder name(String value) {
    name = value;
    return this;
  }

  RecipeBuilder description(String value) {
    description = value;
    return this;
  }

  public RecipeBuilder epochs(int value) {
    epochs = value;
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

  public RecipeBuilder schedule(RateSchedule value) {
    schedule = value;
    return this;
  }

  public RecipeBuilder augmentations(Transform... values) {
    augmentations = Augmentations.of(values);
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

  public RecipeBuilder balance(Balance value) {
    balance = value;
    return this;
  }

  public RecipeBuilder classWeights(Map<String, Double> byName) {
    classWeights = byName;
    return this;
  }

  public RecipeBuilder evaluateEvery(int epochs) {
    evaluateEvery = epochs;
    return this;
  }

  public RecipeBuilder patience(int epochs) {
    patience = epochs;
    return this;
  }

  public RecipeBuilder loss(Recipe.Loss value) {
    loss = value;
    return this;
  }

  public RecipeBuilder labelThreshold(@Nullable Double value) {
    labelThreshold = value;
    return this;
  }

  public RecipeBuilder regularization(Regularization value) {
    regularization = value;
    return this;
  }

  public RecipeBuilder optimizer(Optimizer value) {
    optimizer = value;
    return this;
  }

  public RecipeBuilder clipNorm(double value) {
    clipNorm = value;
    return this;
  }

  public RecipeBuilder decayScope(ParameterDecay.Scope value) {
    decayScope = value;
    return this;
  }

  public RecipeBuilder averaging(Averaging value) {
    averaging = value;
    return this;
  }

  public RecipeBuilder accumulation(int parts) {
    accumulation = parts;
    return this;
  }

  public RecipeBuilder resizing(Resizing value) {
    resizing = value;
    return this;
  }

  public RecipeBuilder whitening(Whitening value) {
    whitening = value;
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
        schedule,
        augmentations,
        statistics,
        lastBatch,
        precision,
        balance,
        classWeights,
        evaluateEvery,
        patience,
        loss,
        labelThreshold,
        regularization,
        optimizer,
        clipNorm,
        decayScope,
        averaging,
        accumulation,
        resizing,
        whitening);
  }
}
