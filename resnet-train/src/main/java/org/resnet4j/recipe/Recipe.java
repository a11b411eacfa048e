package org.resnet4j.recipe;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.BatchesBuilder;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.LastBatch;
import org.resnet4j.data.Subset;
import org.resnet4j.image.Augmentations;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.LogitLoss;
import org.resnet4j.train.ParameterDecay;
import org.resnet4j.train.WeightAverage;

/**
 * The settings by which a network is trained; {@link Recipes} holds the known ones.
 *
 * <pre>{@code
 * Recipe recipe = Recipes.byName("paper-cifar").lasting(20).with(next -> next.batch(64));
 * }</pre>
 *
 * @param description what it trains, and the source of its numbers
 * @param model name of the architecture that it is for
 * @param dataset name of the dataset that it is for
 * @param imagesPerClass number of training images, the first of each class; 0 for all
 * @param imageSize side that images are resized to, in pixels; 0 leaves them unchanged
 * @param channels number that images are converted to, 1 or 3; 0 leaves them unchanged
 * @param batch images in a step
 * @param learningRate the highest of the schedule
 * @param momentum in [0, 1); 0 for plain SGD
 * @param weightDecay of the parameters in {@code decayScope}
 * @param schedule of the learning rate
 * @param augmentations random changes to training images, in this order
 * @param statistics {@code "data"} for those of the training data, or the name of published {@link
 *     ChannelStats}; {@code "none"} leaves pixels in [0, 1]
 * @param precision of activations; parameters, their gradients and statistics are {@link
 *     Precision#FP32} always
 * @param balance treatment of classes of unequal size
 * @param classWeights of the loss, by the name of the class; empty unless balance is {@link
 *     Balance#LOSS}, and until {@link #weighted} has filled it in
 * @param evaluateEvery epochs between evaluations; 0 for one after the last
 * @param patience epochs without a better test accuracy after which training stops; 0 for never
 * @param loss that is minimised
 * @param labelThreshold above which a mixed or smoothed label counts as 1, and else as 0, with
 *     {@link Loss#BINARY_CROSS_ENTROPY}; null for labels as they are
 * @param clipNorm norm to which the gradient of all parameters together is clipped; 0 for none
 * @param decayScope parameters that decay; null for weights alone
 * @param averaging of the parameters
 * @param accumulation parts of equal size in which the gradient of a batch is computed, one after
 *     the other, which takes the memory of a part; batch norm sees each part alone
 * @param resizing of images, if {@code imageSize} is not 0
 * @param whitening of the first convolution's input
 */
public record Recipe(
    String name,
    String description,
    String model,
    String dataset,
    int imagesPerClass,
    int imageSize,
    int channels,
    int epochs,
    int batch,
    double learningRate,
    double momentum,
    double weightDecay,
    RateSchedule schedule,
    Augmentations augmentations,
    String statistics,
    LastBatch lastBatch,
    Precision precision,
    Balance balance,
    Map<String, Double> classWeights,
    Integer evaluateEvery,
    int patience,
    Loss loss,
    @Nullable Double labelThreshold,
    Regularization regularization,
    Optimizer optimizer,
    Double clipNorm,
    ParameterDecay.Scope decayScope,
    Averaging averaging,
    Integer accumulation,
    Resizing resizing,
    Whitening whitening) {

  /** A number format. */
  public enum Precision {
    /** IEEE floating point of 32 bits. */
    FP32,
    /** Brain floating point: 16 bits, 8 of them for the exponent. The engine must support it. */
    BF16
  }

  /** A loss. */
  public enum Loss {
    /** The cross-entropy of softmax. */
    CROSS_ENTROPY,
    /** The mean binary cross-entropy of each class, which excludes {@link Balance#LOSS}. */
    BINARY_CROSS_ENTROPY
  }

  /** The {@link #statistics} that are computed from the training data. */
  private static final String OF_THE_DATA = "data";

  public Recipe {
    // Records of older runs lack these.
    precision = Objects.requireNonNullElse(precision, Precision.FP32);
    balance = Objects.requireNonNullElse(balance, Balance.NONE);
    classWeights =
        Collections.unmodifiableMap(
            new TreeMap<>(Objects.requireNonNullElse(classWeights, Map.of())));
    evaluateEvery = Objects.requireNonNullElse(evaluateEvery, 1);
    loss = Objects.requireNonNullElse(loss, Loss.CROSS_ENTROPY);
    regularization = Objects.requireNonNullElse(regularization, Regularization.NONE);
    optimizer = Objects.requireNonNullElse(optimizer, Optimizer.SGD);
    clipNorm = Objects.requireNonNullElse(clipNorm, 0.0);
    decayScope = Objects.requireNonNullElse(decayScope, ParameterDecay.Scope.WEIGHTS);
    averaging = Objects.requireNonNullElse(averaging, Averaging.NONE);
    accumulation = Objects.requireNonNullElse(accumulation, 1);
    resizing = Objects.requireNonNullElse(resizing, Resizing.STRETCH);
    whitening = Objects.requireNonNullElse(whitening, Whitening.NONE);
    require(
        name,
        clipNorm >= 0 && Double.isFinite(clipNorm),
        "norm that gradients are clipped to: expected 0 or more",
        clipNorm);
    require(
        name,
        optimizer != Optimizer.NESTEROV || momentum > 0,
        "momentum: expected more than 0 with NESTEROV (set optimizer=SGD for none)",
        momentum);
    require(name, epochs >= 1, "epochs: expected at least 1", epochs);
    require(name, batch >= 1, "batch: expected at least 1", batch);
    require(
        name,
        accumulation >= 1 && accumulation <= batch,
        "accumulation: expected 1 to %s parts of a batch".formatted(batch),
        accumulation);
    require(name, imagesPerClass >= 0, "images per class: expected 0 or more", imagesPerClass);
    require(name, imageSize >= 0, "image size: expected 0 or more", imageSize);
    require(
        name,
        channels == 0 || channels == 1 || channels == 3,
        "channels: expected 1, 3 or, to leave them as they are, 0",
        channels);
    require(
        name,
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate: expected more than 0",
        learningRate);
    require(name, momentum >= 0 && momentum < 1, "momentum: expected a value in [0, 1)", momentum);
    require(
        name,
        weightDecay >= 0 && weightDecay < 1,
        "weight decay: expected a value in [0, 1)",
        weightDecay);
    require(
        name,
        schedule.warmup().epochs() + schedule.hold() < epochs,
        "warm-up: expected 0 or more epochs and fewer than " + epochs,
        schedule.warmup().epochs() + schedule.hold());
    require(
        name,
        schedule.kind() != RateSchedule.Kind.ONE_CYCLE || schedule.warmup().epochs() > 0,
        "warm-up: expected more than 0 epochs with ONE_CYCLE",
        schedule.warmup().epochs());
    require(
        name, evaluateEvery >= 0, "epochs between evaluations: expected 0 or more", evaluateEvery);
    require(
        name,
        patience >= 0 && (patience == 0 || evaluateEvery > 0),
        "patience: expected 0, or 1 or more epochs with evaluations among them,",
        patience);
    require(
        name,
        labelThreshold == null
            || (loss == Loss.BINARY_CROSS_ENTROPY && labelThreshold >= 0 && labelThreshold < 1),
        "label threshold: expected none, or a value in [0, 1) with BINARY_CROSS_ENTROPY,",
        loss + " " + labelThreshold);
    require(
        name,
        resizing.trainingSides().size() <= epochs,
        "sides of training images: expected at most %s, one for each epoch,".formatted(epochs),
        resizing.trainingSides().size());
    ClassWeights.require("recipe " + name, balance, classWeights);
    require(
        name,
        loss == Loss.CROSS_ENTROPY || balance != Balance.LOSS,
        "balance: expected NONE or SAMPLING with " + loss,
        balance);
  }

  private static void require(String name, boolean condition, String expected, Object actual) {
    if (!condition) {
      throw new IllegalArgumentException("recipe " + name + ": " + expected + " but was " + actual);
    }
  }

  /** Returns this recipe with fields changed. */
  public Recipe with(UnaryOperator<RecipeBuilder> change) {
    return change.apply(new RecipeBuilder(this)).build();
  }

  /** Returns this recipe for another number of epochs; milestones and warm-up scale with it. */
  public Recipe lasting(int newEpochs) {
    return with(
        next ->
            next.epochs(newEpochs)
                .schedule(schedule.stretched(epochs, newEpochs))
                .resizing(resizing.lasting(newEpochs)));
  }

  /**
   * Returns this recipe for another number of epochs, with milestones and warm-up where they are. A
   * cosine becomes longer or shorter.
   */
  public Recipe until(int newEpochs) {
    return with(next -> next.epochs(newEpochs));
  }

  /**
   * Returns this recipe with another batch size and a learning rate in proportion to it (Goyal et
   * al. 2017, arXiv:1706.02677).
   */
  public Recipe withBatch(int images) {
    double rate = learningRate * images / batch;
    return images == batch
        ? this
        : with(
            next ->
                next.batch(images).learningRate(rate).accumulation(Math.min(accumulation, images)));
  }

  /**
   * Returns this recipe with a weight for every class of {@code training} if the balance is {@link
   * Balance#LOSS}. Weights that are given are kept, and the other classes then weigh 1.
   *
   * @throws IllegalArgumentException when a weight is for a class that there is not, or a class
   *     without images is to be balanced
   */
  public Recipe weighted(ImageSource training) {
    return balance == Balance.LOSS
        ? with(next -> next.classWeights(ClassWeights.of(classWeights, training)))
        : this;
  }

  /** Returns the weight of each class in the loss; none if they are equal. */
  public List<Double> lossWeights(List<String> classes) {
    return classWeights.isEmpty()
        ? List.of()
        : classes.stream().map(name -> classWeights.getOrDefault(name, 1.0)).toList();
  }

  /** Returns the loss where it is not Deeplearning4j's; null for cross-entropy. */
  public @Nullable LogitLoss logitLoss() {
    return loss == Loss.BINARY_CROSS_ENTROPY ? new BinaryCrossEntropy(labelThreshold) : null;
  }

  /** Returns the number of steps in an epoch of {@code examples}. */
  public int batches(int examples) {
    return lastBatch.batches(examples, batch);
  }

  /** Returns the number of steps in all epochs; Deeplearning4j counts them in 32 bits. */
  public int steps(int batches) {
    long steps = (long) epochs * batches;
    require(
        name,
        steps <= Integer.MAX_VALUE,
        "epochs: expected at most %s of %s batches, 2^31 steps in all,"
            .formatted(Integer.MAX_VALUE / Math.max(1, batches), batches),
        epochs);
    return (int) steps;
  }

  /** Returns the learning rates for {@code batches} steps an epoch. */
  public ISchedule rates(int batches) {
    steps(batches); // within limits
    return schedule.of(learningRate, epochs, batches);
  }

  /** Returns the optimiser with this recipe's rate and momentum. */
  public IUpdater updater(int batches) {
    return optimizer.updater(rates(batches), momentum);
  }

  /** Returns the optimiser's weight decay. */
  public ParameterDecay parameterDecay() {
    return optimizer.decay(weightDecay, decayScope);
  }

  /** Returns a new average of parameters for {@code batches} steps an epoch; null for none. */
  public @Nullable WeightAverage average(int batches) {
    return averaging.start(risingSteps(batches));
  }

  /**
   * Refuses a training of {@code batches} steps an epoch that is too short for its averaging.
   *
   * @throws IllegalArgumentException when the average is mostly of the first parameters
   */
  public void requireUsefulAverage(int batches) {
    averaging.requireUseful(risingSteps(batches), steps(batches));
  }

  /**
   * Refuses training images that are too small for the strides of {@code architecture}.
   *
   * @throws IllegalArgumentException when a stage would be left without pixels
   */
  public void requireSidesFor(Architecture architecture) {
    for (int side : resizing.trainingSides()) {
      architecture.with(arch -> arch.input(new Shape(architecture.input().channels(), side, side)));
    }
  }

  private int risingSteps(int batches) {
    return (int) Math.round(schedule.warmup().epochs() * batches);
  }

  /** Returns the images of {@code source} that are trained on. */
  public ImageSource trainingImages(ImageSource source) {
    return imagesPerClass == 0 ? source : Subset.firstOfEachClass(source, imagesPerClass);
  }

  /** Returns the statistics that images are normalised with. */
  public ChannelStats stats(ImageSource training) throws IOException {
    return statistics.equals(OF_THE_DATA)
        ? ChannelStats.of(training)
        : ChannelStats.byName(statistics);
  }

  /**
   * Returns the pipeline of training images.
   *
   * @param stored shape of the images before the pipeline, or of the network's input
   */
  public ImagePipeline pipeline(Shape stored, ChannelStats stats) {
    Shape sized = imageSize == 0 ? stored : new Shape(stored.channels(), imageSize, imageSize);
    Shape output = channels == 0 ? sized : sized.withChannels(channels);
    return ImagePipeline.of(
            output, imageSize == 0 ? Fit.exact() : resizing.to(output), stats.normalization())
        .augmented(augmentations.transforms());
  }

  /** Returns a builder of shuffled, augmented batches of {@code source}. */
  public BatchesBuilder trainingBatches(ImageSource source, ImagePipeline pipeline, long seed) {
    BatchesBuilder batches =
        Batches.of(source)
            .size(batch)
            .pipeline(pipeline)
            .sides(epoch -> resizing.trainingSide(epoch, epochs), resizing.largestTrainingSide())
            .shuffle(seed)
            .last(lastBatch)
            .repeats(regularization.repeats())
            .mixing(regularization.mixing())
            .smoothing(regularization.labelSmoothing())
            .keepingDecoded(epochs > 1);
    return balance == Balance.SAMPLING ? batches.balanced() : batches;
  }

  /**
   * Returns a builder of batches of all of {@code source} in its own order, without augmentation.
   */
  public BatchesBuilder testBatches(ImageSource source, ImagePipeline pipeline) {
    return Batches.of(source)
        .size(batch)
        .pipeline(pipeline.forInference())
        .last(LastBatch.KEEP)
        .keepingDecoded(epochs > 1);
  }
}
