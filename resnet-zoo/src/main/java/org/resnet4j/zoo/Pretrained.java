package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Family;
import org.resnet4j.arch.Shape;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.VerifiedFile;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.model.ModelFile;
import org.resnet4j.run.RunRecord;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.training.Training;

/**
 * A trained network with its pipeline and the labels of its outputs.
 *
 * @param name of the pretrained weights or the file, for messages
 * @param architecture null if the file does not name it
 * @param labels one for each output; empty for a network without a classifier
 */
public record Pretrained(
    String name,
    @Nullable Architecture architecture,
    ComputationGraph network,
    ImagePipeline pipeline,
    List<String> labels) {

  /** The ratio of crop to resized side in torchvision's pipeline. */
  private static final double CROPPED = 0.875;

  public Pretrained {
    labels = List.copyOf(labels);
  }

  /**
   * Returns published weights from the cache; nothing is downloaded.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate
   *     weights
   * @throws IOException when the file is missing or its publisher's checksum differs
   */
  public static Pretrained of(String weights) throws IOException {
    PretrainedWeights published = WeightSets.byName(weights);
    return of(published, WeightStore.usual().path(published));
  }

  /** Returns published weights in a file, which is verified first. */
  public static Pretrained of(PretrainedWeights weights, Path file) throws IOException {
    WeightStore.requireThere(weights, file);
    VerifiedFile verified = WeightStore.verify(weights, file);
    ComputationGraph network = network(weights.architectureSpec(), file);
    verified.requireUnchanged();
    return new Pretrained(
        weights.name(),
        weights.architectureSpec(),
        network,
        weights.pipeline(),
        weights.labels().names());
  }

  /** Loads a verified file; an invalid one is a defect of this library, not of the user's input. */
  private static ComputationGraph network(Architecture architecture, Path file) throws IOException {
    try {
      return WeightLoading.load(architecture, file, LoadOptions.strict(), Set.of()).network();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Returns weights of an architecture in the user's file. If a publisher's checksum matches, that
   * publisher's pipeline applies. Otherwise it is torchvision's for ImageNet architectures and that
   * of training here for all others.
   */
  public static Pretrained of(String architecture, Path file) throws IOException {
    return of(architecture, file, LoadOptions.strict());
  }

  /**
   * Returns weights of a changed architecture, or with a given key mapping. Missing parameters are
   * refused, whatever {@code options} tolerate.
   */
  public static Pretrained of(String architecture, Path file, LoadOptions options)
      throws IOException {
    Architecture published = Architectures.byName(architecture);
    Architecture changed = published.with(options.architecture());
    Map<Checksum.Kind, String> sums = new EnumMap<>(Checksum.Kind.class);
    List<PretrainedWeights> candidates =
        changed.equals(published) ? WeightSets.of(architecture) : List.of();
    for (PretrainedWeights known : candidates) {
      Checksum checksum = known.checksum();
      Checksum.Kind kind = checksum.kind().whole();
      if (!sums.containsKey(kind)) {
        sums.put(kind, checksum.of(file));
      }
      if (checksum.matches(sums.getOrDefault(kind, ""))) {
        return of(known, file);
      }
    }
    boolean imagenet = changed.family() == Family.IMAGENET;
    Normalization values = imagenet ? Normalization.TORCHVISION : Normalization.UNIT;
    int side = changed.input().height();
    boolean cropped = imagenet && changed.input().equals(new Shape(3, side, side));
    return new Pretrained(
        file.toString(),
        changed,
        WeightLoading.load(changed, file, options, Set.of()).network(),
        cropped
            ? ImagePipeline.of(
                new Shape(3, side, side),
                Fit.centerCrop((int) (side / CROPPED), Interpolation.BILINEAR),
                values)
            : ImagePipeline.of(changed.input(), Fit.stretch(Interpolation.BILINEAR), values),
        imagenet && changed.classes() == Labels.IMAGENET_1K.names().size()
            ? Labels.IMAGENET_1K.names()
            : numbered(changed.classes()));
  }

  /**
   * Returns a model trained here: a zip or the folder of a run, which holds pipeline and labels.
   *
   * @throws IOException when it is not a model or has no such record
   */
  public static Pretrained of(Path model) throws IOException {
    Path file = file(model);
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    RunRecord.Setup setup =
        Checkpoint.findRecord(file)
            .map(RunRecord::setup)
            .orElseThrow(
                () ->
                    new IOException(
                        file
                            + ": expected a model zip from train, whose run record names the input shape, but there is no record; name the input (--input CxHxW)"));
    return new Pretrained(
        file.toString(), setup.architecture(), network, setup.pipeline(), setup.classes());
  }

  /** Returns any Deeplearning4j zip, with the given pipeline. */
  public static Pretrained of(Path model, ImagePipeline pipeline) throws IOException {
    Path file = file(model);
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    Optional<RunRecord.Setup> setup = Checkpoint.findRecord(file).map(RunRecord::setup);
    return new Pretrained(
        file.toString(),
        setup.map(RunRecord.Setup::architecture).orElse(null),
        network,
        pipeline,
        setup.map(RunRecord.Setup::classes).orElse(List.of()));
  }

  private static Path file(Path model) {
    Path inside = model.resolve(Training.MODEL);
    return Files.isRegularFile(inside) ? inside : model;
  }

  /** Returns this network with another pipeline. */
  public Pretrained with(ImagePipeline other) {
    return new Pretrained(name, architecture, network, other, labels);
  }

  /** Returns this network with other names of its classes. */
  public Pretrained with(List<String> otherLabels) {
    return new Pretrained(name, architecture, network, pipeline, otherLabels);
  }

  /** Returns numbered names for classes without names. */
  static List<String> numbered(int classes) {
    return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
  }
}
