package org.resnet4j.zoo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.VerifiedFile;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.model.ModelFile;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.support.Prefetch;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.weights.Tolerance;

/**
 * Opens, creates and downloads models.
 *
 * <pre>{@code
 * Model published = Models.pretrained("resnet50.tv_in1k_v2");
 * Model fresh = Models.create("resnet18");
 * Model mine = Models.open(Path.of("runs/photos"));
 * Model theirs = Models.open(Path.of("resnet50.pth"), LoadOptions.of("resnet50"));
 * }</pre>
 */
public final class Models {
  /** The name of the model in the folder of a run. */
  public static final String IN_RUN = "model.zip";

  private Models() {}

  /**
   * Returns published weights from the cache.
   *
   * @param name of {@link WeightSets}, or of an architecture for its most accurate weights whose
   *     licence permits every use
   * @throws IllegalArgumentException when there are no such weights; the message names the nearest
   * @throws org.resnet4j.fetch.NotFetchedException when they are not in the cache and downloads are
   *     not allowed; the message says how to allow them
   * @throws IOException when the publisher's checksum differs
   */
  public static Model pretrained(String name) throws IOException {
    return pretrained(name, WeightStore.usual());
  }

  /** Returns published weights from {@code store}, which may be allowed to download them. */
  public static Model pretrained(String name, WeightStore store) throws IOException {
    PretrainedWeights weights = WeightSets.byName(name);
    return published(weights, store.get(weights), LoadOptions.strict());
  }

  /**
   * Returns published weights in a file, which is verified first.
   *
   * @param options without an architecture, which the weights name; if they change the number of
   *     classes, the classifier is initialised anew, and if they change the input channels, the
   *     first convolution is adapted
   * @throws IOException when the file is missing or its publisher's checksum differs
   */
  public static Model published(PretrainedWeights weights, Path file, LoadOptions options)
      throws IOException {
    WeightStore.requireThere(weights, file);
    Architecture architecture = weights.architectureSpec();
    Architecture changed = architecture.with(options.change());
    boolean sameClasses = changed.classes() == architecture.classes();
    boolean sameForm = sameClasses && changed.input().channels() == architecture.input().channels();
    WeightLoading.Loaded loaded =
        verified(
            WeightStore.verification(weights, file),
            () ->
                WeightLoading.load(
                    architecture,
                    file,
                    sameForm
                        ? options
                        : options.tolerate(Tolerance.OTHER_CLASSES, Tolerance.OTHER_CHANNELS)));
    return new Model(
        weights.name(),
        changed,
        loaded.network(),
        options.pipeline() != null
            ? options.pipeline()
            : WeightPipelines.fitted(weights.pipeline(), changed.input()),
        sameClasses ? weights.labels().classes() : ClassNames.numbered(changed.classes()),
        Provenance.of(weights).with(loaded.report()));
  }

  private interface Loading {
    WeightLoading.Loaded load() throws IOException;
  }

  /** Loads a file while it is verified, which decides about both. */
  private static WeightLoading.Loaded verified(Callable<VerifiedFile> verification, Loading loading)
      throws IOException {
    try (Prefetch<VerifiedFile> verifying = Prefetch.start(verification)) {
      WeightLoading.Loaded loaded;
      try {
        loaded = loading.load();
      } catch (IOException | IllegalArgumentException e) {
        result(verifying);
        // A verified file that is invalid is a defect of this library, not of the user's input.
        throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
      }
      result(verifying).requireUnchanged();
      return loaded;
    }
  }

  private static <T> T result(Prefetch<T> running) throws IOException {
    try {
      return running.next();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Returns a network with initial weights.
   *
   * @throws IllegalArgumentException when there is no architecture of that name; the message names
   *     the nearest
   */
  public static Model create(String architecture) {
    return create(Architectures.byName(architecture));
  }

  /** Returns a network with initial weights, the same every time. */
  public static Model create(Architecture architecture) {
    return create(architecture, LoadOptions.SEED);
  }

  /** Returns a network with initial weights drawn from {@code seed}. */
  public static Model create(Architecture architecture, long seed) {
    return new Model(
        architecture.name(),
        architecture,
        ResNetGraph.of(architecture).seed(seed).network(),
        WeightPipelines.of(architecture, ""),
        ClassNames.numbered(architecture.classes()),
        Provenance.NONE);
  }

  /**
   * Returns the model in a file or folder that names its architecture: a zip written here, the
   * folder of a run, or the folder of a model from the Hugging Face hub with {@code config.json},
   * {@code preprocessor_config.json} and weights.
   *
   * @throws UnknownPipelineException when it is a zip from elsewhere, which does not say how images
   *     are prepared
   * @throws IOException when it does not exist, is damaged, or does not name its architecture; the
   *     message says what to add
   */
  public static Model open(Path path) throws IOException {
    return open(path, LoadOptions.strict());
  }

  /**
   * Returns the model in a file or folder.
   *
   * <p>Weights of a named architecture that equal published ones by checksum are opened as those.
   * Otherwise their pipeline is that of their family: Keras's key mapping implies Keras's
   * preprocessing, and other weights for ImageNet torchvision's.
   *
   * @throws IOException as {@link #open(Path)}
   * @throws org.resnet4j.weights.WeightMismatchException when the tensors are those of another
   *     network
   */
  public static Model open(Path path, LoadOptions options) throws IOException {
    Path file = inRun(path);
    if (Files.isDirectory(file)) {
      return HubFolder.open(file, options);
    }
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException(path + ": there is no such file or folder");
    }
    Architecture architecture = options.architecture();
    if (architecture != null) {
      return ofArchitecture(architecture, file, options);
    }
    if (!WeightFile.isDeeplearning4j(file)) {
      throw new UnknownArchitectureException(file);
    }
    Optional<Model> ours = ModelEntry.read(file);
    return ours.isPresent()
        ? withPipeline(ours.orElseThrow(), options.pipeline())
        : foreignZip(file, options.pipeline());
  }

  /**
   * Returns a model with tensors in memory or in an open file, bound to the architecture of {@code
   * options}.
   */
  public static Model of(Tensors tensors, LoadOptions options) throws IOException {
    Architecture architecture = options.architecture();
    if (architecture == null) {
      throw new IllegalArgumentException(
          tensors.source() + ": expected LoadOptions.of(architecture), which tensors do not name");
    }
    return bound(tensors.source(), WeightLoading.bound(architecture, tensors, options), options);
  }

  /** Returns the model in the folder of a run, or {@code path} itself. */
  private static Path inRun(Path path) {
    Path inside = path.resolve(IN_RUN);
    return Files.isRegularFile(inside) ? inside : path;
  }

  private static Model ofArchitecture(Architecture architecture, Path file, LoadOptions options)
      throws IOException {
    Architecture changed = architecture.with(options.change());
    try (Prefetch<Optional<PretrainedWeights>> search =
        Prefetch.start(() -> publishedAs(changed, file))) {
      WeightLoading.Loaded loaded;
      try {
        // Most files are not published ones, so they are loaded during the search.
        loaded = WeightLoading.load(architecture, file, options);
      } catch (IOException | IllegalArgumentException e) {
        Optional<PretrainedWeights> known = result(search);
        if (known.isEmpty()) {
          throw e;
        }
        return published(known.get(), file, LoadOptions.strict().pipeline(options.pipeline()));
      }
      Optional<PretrainedWeights> known = result(search);
      if (known.isEmpty()) {
        return bound(file.toString(), loaded, options);
      }
      loaded.network().close();
      return published(known.get(), file, LoadOptions.strict().pipeline(options.pipeline()));
    }
  }

  private static Model bound(String name, WeightLoading.Loaded loaded, LoadOptions options) {
    Architecture changed = loaded.architecture();
    return new Model(
        name,
        changed,
        loaded.network(),
        options.pipeline() == null
            ? WeightPipelines.of(changed, loaded.report().naming())
            : options.pipeline(),
        WeightPipelines.classes(changed),
        Provenance.NONE.with(loaded.report()));
  }

  /** Returns the published weights of the architecture that {@code file} is, by its checksum. */
  private static Optional<PretrainedWeights> publishedAs(Architecture architecture, Path file)
      throws IOException {
    Map<Checksum.Kind, String> sums = new EnumMap<>(Checksum.Kind.class);
    for (PretrainedWeights known : WeightSets.of(architecture.name())) {
      if (!known.architectureSpec().equals(architecture)) {
        continue;
      }
      Checksum checksum = known.checksum();
      Checksum.Kind kind = checksum.kind().whole();
      if (!sums.containsKey(kind)) {
        sums.put(kind, checksum.of(file));
      }
      if (checksum.matches(sums.getOrDefault(kind, ""))) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  private static Model withPipeline(Model model, @Nullable ImagePipeline pipeline) {
    return pipeline == null ? model : model.with(pipeline);
  }

  private static Model foreignZip(Path file, @Nullable ImagePipeline pipeline) throws IOException {
    if (pipeline == null) {
      throw new UnknownPipelineException(file);
    }
    return new Model(
        file.toString(),
        null,
        ChannelsFirst.require(ModelFile.read(file, ModelFile.Updater.DROP), file),
        pipeline,
        ClassNames.of(List.of()),
        Provenance.NONE);
  }
}
