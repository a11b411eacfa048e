package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/**
 * Computes features of images: the pooled embedding of a network, or the output of a stage. It runs
 * on the same engines as {@link Classifier} and computes no later layers. Thread-safe; {@link
 * #close} frees native memory.
 *
 * <pre>{@code
 * try (FeatureExtractor features = FeatureExtractor.of("resnet50.tv_in1k_v2", "pool")) {
 *   INDArray embedding = features.of(Path.of("dog.jpg")); // [1, 2048]
 * }
 * }</pre>
 */
public final class FeatureExtractor implements AutoCloseable {
  /** The mean over all positions after the last stage: {@code [N, channels]}. */
  public static final String POOL = "pool";

  /** The names {@code C2} to {@code C5} of stages 0 to 3, as papers on detection number them. */
  private static final Pattern STAGE = Pattern.compile("C([2-9])");

  private static final int FIRST = 2;

  private final ImagePipeline pipeline;
  private final CompiledNetwork network;

  private FeatureExtractor(ImagePipeline pipeline, CompiledNetwork network) {
    this.pipeline = pipeline;
    this.network = network;
  }

  /**
   * Returns an extractor with published weights from the cache.
   *
   * @param weights a name of {@link WeightSets}, or of an architecture for its most accurate
   *     weights
   * @param place {@link #POOL}; {@code C2} to {@code C5} for the output of stages 0 to 3; or a
   *     vertex of the graph
   */
  public static FeatureExtractor of(String weights, String place) throws IOException {
    return of(Pretrained.of(weights), place);
  }

  public static FeatureExtractor of(Pretrained model, String place) {
    return of(model, place, CompileOptions.inference().precision(Precision.FP32).orFallBack());
  }

  /** Returns an extractor in another precision or for larger batches. */
  public static FeatureExtractor of(Pretrained model, String place, CompileOptions options) {
    return new FeatureExtractor(model.pipeline(), OneDnn.compile(graph(model, place), options));
  }

  /**
   * Returns the features {@code [1, …]} of the image in {@code file}, rotated as its EXIF
   * orientation says.
   */
  public INDArray of(Path file) throws IOException {
    float[] prepared = ImageFiles.read(file, pipeline::prepare);
    return network.output(pipeline.batch(List.of(prepared)));
  }

  /**
   * Returns the features {@code [N, …]} of images, computed in one batch.
   *
   * @throws ArithmeticException when a feature is NaN or infinite
   */
  public INDArray of(List<Image> images) {
    return NonFinite.requireFinite(
        network.output(pipeline.batch(images.stream().map(pipeline::prepare).toList())));
  }

  @Override
  public void close() {
    network.close();
  }

  /**
   * Returns the network up to {@code place}, which becomes its only output; parameters are copies.
   *
   * @throws IllegalArgumentException when there is no such place
   */
  public static ComputationGraph graph(Pretrained model, String place) {
    ComputationGraph network = model.network();
    String vertex = vertex(model, place);
    Map<String, List<String>> inputs = network.getConfiguration().getVertexInputs();
    if (!inputs.containsKey(vertex)) {
      throw new IllegalArgumentException(
          "%s: expected %s, C2 to C5 or a vertex but was \"%s\"; its vertices are %s"
              .formatted(model.name(), POOL, place, inputs.keySet()));
    }
    Set<String> needed = ancestors(vertex, inputs);
    TransferLearning.GraphBuilder cut = new TransferLearning.GraphBuilder(network);
    inputs.keySet().stream()
        .filter(name -> !needed.contains(name))
        .forEach(cut::removeVertexAndConnections);
    return cut.setOutputs(vertex).build();
  }

  private static Set<String> ancestors(String vertex, Map<String, List<String>> inputs) {
    Set<String> found = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(vertex));
    while (!open.isEmpty()) {
      String next = open.remove();
      if (found.add(next)) {
        open.addAll(inputs.getOrDefault(next, List.of()));
      }
    }
    return found;
  }

  private static String vertex(Pretrained model, String place) {
    Matcher stage = STAGE.matcher(place);
    boolean pooled = place.equals(POOL);
    if (!pooled && !stage.matches()) {
      return place;
    }
    Architecture architecture = model.architecture();
    if (architecture == null) {
      throw new IllegalArgumentException(
          "%s: the file does not name its architecture, so it has no place \"%s\"; name a vertex, one of %s"
              .formatted(
                  model.name(),
                  place,
                  model.network().getConfiguration().getVertexInputs().keySet()));
    }
    Collection<Node> nodes = Plan.of(architecture).nodes();
    int wanted = pooled ? -1 : Integer.parseInt(stage.group(1)) - FIRST;
    return nodes.stream()
        .filter(node -> pooled ? node instanceof Node.GlobalPool : isOf(node.path(), wanted))
        .reduce((before, last) -> last)
        .map(node -> node.path().vertex())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: expected one of its %s stages, C2 to C%s, but was \"%s\""
                        .formatted(
                            model.name(),
                            architecture.blocks().stages(),
                            architecture.blocks().stages() + FIRST - 1,
                            place)));
  }

  private static boolean isOf(LayerPath path, int stage) {
    return path.place() == LayerPath.Place.STAGE && path.stage() == stage;
  }
}
