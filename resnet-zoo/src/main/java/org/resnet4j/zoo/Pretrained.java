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
import org.resnet4j.data.ChannelStats;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.VerifiedFile;
import org.resnet4j.image.Interpolation;
import org.resnet4j.model.ModelFile;
import org.resnet4j.run.RunRecord;
import org.resnet4j.training.Checkpoint;
import org.resnet4j.training.Training;

/**
 * A trained network with what belongs to it: how images are prepared and what its outputs are
 * called.
 *
 * @param name of the weight set or the file, for messages
 * @param architecture null where the file does not say
 * @param labels one an output; empty for a network without a classifier
 */
public record Pretrained(
    String name,
    @Nullable Architecture architecture,
    ComputationGraph network,
    Preprocessing preprocessing,
    List<String> labels) {

  /** Of the sides that torchvision resizes to and crops. */
  private static final double CROPPED = 0.875;

  public Pretrained {
    labels = List.copyOf(labels);
  }

  /**
   * Published weights from the cache; nothing is downloaded.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate set
   * @throws IOException when the file is not there, or not the one that its publisher says
   */
  public static Pretrained of(String weights) throws IOException {
    PretrainedWeights row = WeightSets.byName(weights);
    return of(row, WeightStore.usual().path(row));
  }

  /** Published weights in a file, which is verified first. */
  public static Pretrained of(PretrainedWeights row, Path file) throws IOException {
    WeightStore.requireThere(row, file);
    VerifiedFile verified = WeightStore.verify(row, file);
    ComputationGraph network = network(row.row(), file);
    verified.requireUnchanged();
    return new Pretrained(
        row.name(), row.row(), network, row.preprocessing(), row.labels().names());
  }

  /** A mistake in a verified file is nobody's at the keyboard. */
  private static ComputationGraph network(Architecture row, Path file) throws IOException {
    try {
      return WeightLoading.load(row, file, LoadOptions.strict(), Set.of()).network();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Weights of an architecture in a file of one's own. One that a publisher's checksum recognises
   * is that publisher's; others are prepared for as torchvision does for ImageNet, and as training
   * here does for everything else.
   */
  public static Pretrained of(String architecture, Path file) throws IOException {
    return of(architecture, file, LoadOptions.strict());
  }

  /**
   * The same of a changed architecture or with a naming that is not recognised. What the file does
   * not set is refused, whatever {@code options} tolerate.
   */
  public static Pretrained of(String architecture, Path file, LoadOptions options)
      throws IOException {
    Architecture published = Architectures.byName(architecture);
    Architecture row = published.with(options.architecture());
    Map<Checksum.Kind, String> sums = new EnumMap<>(Checksum.Kind.class);
    List<PretrainedWeights> candidates =
        row.equals(published) ? WeightSets.of(architecture) : List.of();
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
    boolean imagenet = row.family() == Family.IMAGENET;
    Normalization values = Normalization.of(imagenet ? ChannelStats.IMAGENET : ChannelStats.NONE);
    int side = row.input().height();
    boolean cropped = imagenet && row.input().equals(new Shape(3, side, side));
    return new Pretrained(
        file.toString(),
        row,
        WeightLoading.load(row, file, options, Set.of()).network(),
        cropped
            ? Preprocessing.crop((int) (side / CROPPED), side, Interpolation.BILINEAR, values)
            : Preprocessing.stretch(row.input(), values),
        imagenet && row.classes() == Labels.IMAGENET_1K.names().size()
            ? Labels.IMAGENET_1K.names()
            : numbered(row.classes()));
  }

  /**
   * A model zip, or the folder of a run, that was trained here: it says itself how images are
   * prepared and what the classes are called.
   *
   * @throws IOException when it is no model, or does not say so
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
                            + ": expected a model that train wrote, which says what images it reads, but there is no such record; name the input (--input CxHxW)"));
    return new Pretrained(
        file.toString(),
        setup.architecture(),
        network,
        Preprocessing.stretch(setup.architecture().input(), Normalization.of(setup.stats())),
        setup.classes());
  }

  /** Any Deeplearning4j zip, with images prepared in that way. */
  public static Pretrained of(Path model, Preprocessing preprocessing) throws IOException {
    Path file = file(model);
    ComputationGraph network = ModelFile.read(file, ModelFile.Updater.DROP);
    Optional<RunRecord.Setup> setup = Checkpoint.findRecord(file).map(RunRecord::setup);
    return new Pretrained(
        file.toString(),
        setup.map(RunRecord.Setup::architecture).orElse(null),
        network,
        preprocessing,
        setup.map(RunRecord.Setup::classes).orElse(List.of()));
  }

  private static Path file(Path model) {
    Path inside = model.resolve(Training.MODEL);
    return Files.isRegularFile(inside) ? inside : model;
  }

  /** The same with images prepared in another way. */
  public Pretrained with(Preprocessing other) {
    return new Pretrained(name, architecture, network, other, labels);
  }

  /** The same with other names of the classes. */
  public Pretrained with(List<String> otherLabels) {
    return new Pretrained(name, architecture, network, preprocessing, otherLabels);
  }

  /** Names for classes that have none. */
  static List<String> numbered(int classes) {
    return IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
  }
}
