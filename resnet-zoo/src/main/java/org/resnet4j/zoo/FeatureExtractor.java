package org.resnet4j.zoo;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.graph.NonFinite;
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
 * Model model = Models.pretrained("resnet50.tv_in1k_v2");
 * try (FeatureExtractor features = model.features("pool")) {
 *   INDArray embedding = features.of(Path.of("dog.jpg")); // [1, 2048]
 * }
 * try (FeatureExtractor pyramid = model.features("C3", "C4", "C5")) {
 *   Map<String, INDArray> maps = pyramid.all(List.of(Path.of("dog.jpg")));
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
  private final List<String> places;

  private FeatureExtractor(ImagePipeline pipeline, CompiledNetwork network, List<String> places) {
    this.pipeline = pipeline;
    this.network = network;
    this.places = places;
  }

  /**
   * Returns an extractor.
   *
   * @param places each {@link #POOL}; {@code C2} to {@code C5} for the output of stages 0 to 3; or
   *     a vertex of the graph
   */
  static FeatureExtractor of(Model model, String... places) {
    CompileOptions options =
        CompileOptions.inference().precision(Precision.FP32).orFallBack().sharingParameters();
    return new FeatureExtractor(
        model.pipeline(), OneDnn.compile(graph(model, places), options), List.of(places));
  }

  /**
   * Returns the features {@code [1, …]} at the first place of an image.
   *
   * @param image a {@code Path}, {@code byte[]}, {@code InputStream}, {@code BufferedImage} or
   *     {@link org.resnet4j.image.Image}, as {@link Classifier#top(List, int)} takes it
   * @throws ArithmeticException when a feature is NaN or infinite
   */
  public INDArray of(Object image) throws IOException {
    return outputs(List.of(image))[0];
  }

  /**
   * Returns the features {@code [N, …]} of images at every place, computed in one pass each, by the
   * names of the places and in their order.
   *
   * @param images each as {@link #of(Object)} takes it
   * @throws ArithmeticException when a feature is NaN or infinite
   */
  public Map<String, INDArray> all(List<?> images) throws IOException {
    INDArray[] outputs = outputs(images);
    Map<String, INDArray> features = new LinkedHashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      features.put(places.get(i), outputs[i]);
    }
    return features;
  }

  /**
   * Returns the features {@code [N, …]} at the first place of a batch {@code [N, C, H, W]} that
   * {@link Model#pipeline()} prepared.
   *
   * @throws ArithmeticException when a feature is NaN or infinite
   */
  public INDArray ofBatch(INDArray batch) {
    return NonFinite.requireFinite(network.outputs(batch)[0]);
  }

  private INDArray[] outputs(List<?> images) throws IOException {
    List<INDArray[]> batches =
        ImageInput.inBatches(images, pipeline, ImageInput.BATCH, network::outputs);
    INDArray[] outputs = new INDArray[places.size()];
    for (int i = 0; i < outputs.length; i++) {
      int place = i;
      INDArray[] parts = batches.stream().map(batch -> batch[place]).toArray(INDArray[]::new);
      outputs[i] = NonFinite.requireFinite(parts.length == 1 ? parts[0] : Nd4j.concat(0, parts));
    }
    return outputs;
  }

  @Override
  public void close() {
    network.close();
  }

  /**
   * Returns the network up to {@code places}, which become its outputs in their order; parameters
   * are copies.
   *
   * @throws IllegalArgumentException when there is no such place, or one is named twice
   */
  public static ComputationGraph graph(Model model, String... places) {
    ComputationGraph network = model.network();
    Map<String, List<String>> inputs = network.getConfiguration().getVertexInputs();
    Set<String> vertices = new LinkedHashSet<>();
    Set<String> needed = new HashSet<>();
    for (String place : places) {
      String vertex = vertex(model, place);
      if (!inputs.containsKey(vertex)) {
        throw new IllegalArgumentException(
            "%s: expected %s, C2 to C5 or a vertex but was \"%s\"; its vertices are %s"
                .formatted(model.name(), POOL, place, inputs.keySet()));
      }
      if (!vertices.add(vertex)) {
        throw new IllegalArgumentException(
            "%s: expected different places but %s names %s again"
                .formatted(model.name(), place, vertex));
      }
      needed.addAll(ancestors(vertex, inputs));
    }
    if (vertices.isEmpty()) {
      throw new IllegalArgumentException(
          model.name() + ": expected at least one place, such as " + POOL);
    }
    TransferLearning.GraphBuilder cut = new TransferLearning.GraphBuilder(network);
    inputs.keySet().stream()
        .filter(name -> !needed.contains(name))
        .forEach(cut::removeVertexAndConnections);
    return cut.setOutputs(vertices.toArray(String[]::new)).build();
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

  private static String vertex(Model model, String place) {
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
