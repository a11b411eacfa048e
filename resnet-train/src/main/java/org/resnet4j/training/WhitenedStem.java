package org.resnet4j.training;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.network.Freezing;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.recipe.Whitening;

/**
 * Sets and freezes the filters of the first convolution as {@link Whitening} says. The filters fill
 * its first 2·C·k·k output channels; others keep their random weights, and are frozen too. The
 * batch norm behind it is trained.
 *
 * @param pipeline whose normalised pixels the network sees, without augmentations
 */
record WhitenedStem(Whitening whitening, ImageSource source, ImagePipeline pipeline) {
  /**
   * Returns the network of {@code graph} with its first convolution set and frozen.
   *
   * @throws IllegalArgumentException when the architecture's first layer is no convolution of
   *     enough channels
   */
  ComputationGraph network(Architecture architecture, ResNetGraph graph) throws IOException {
    Node.Conv first = convolution(architecture);
    String vertex = first.path().vertex();
    double[][] filters = filters(first);
    ComputationGraphConfiguration configuration = graph.configuration();
    Freezing.freeze((LayerVertex) Objects.requireNonNull(configuration.getVertices().get(vertex)));
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    INDArray weights = network.getLayer(vertex).getParam(ConvolutionParamInitializer.WEIGHT_KEY);
    INDArray set =
        weights.get(
            NDArrayIndex.interval(0, filters.length),
            NDArrayIndex.all(),
            NDArrayIndex.all(),
            NDArrayIndex.all());
    set.assign(Nd4j.createFromArray(filters).castTo(set.dataType()).reshape('c', set.shape()));
    return network;
  }

  /** Returns the convolution that reads the images. */
  private static Node.Conv convolution(Architecture architecture) {
    List<Node> readers =
        Plan.of(architecture).nodes().stream()
            .filter(
                node -> node.inputs().stream().anyMatch(in -> in.place() == LayerPath.Place.INPUT))
            .toList();
    if (readers.size() != 1 || !(readers.get(0) instanceof Node.Conv first)) {
      throw new IllegalArgumentException(
          "whitening: expected an architecture that begins with a convolution but %s does not; set whitening.images=0"
              .formatted(architecture.name()));
    }
    int filters = 2 * first.inChannels() * first.kernel() * first.kernel();
    if (first.output().channels() < filters) {
      throw new IllegalArgumentException(
          "whitening: expected a first convolution of at least %s channels, two for each of %sx%sx%s pixels of a patch, but that of %s has %s; widen the stem, or set whitening.images=0"
              .formatted(
                  filters,
                  first.inChannels(),
                  first.kernel(),
                  first.kernel(),
                  architecture.name(),
                  first.output().channels()));
    }
    return first;
  }

  private double[][] filters(Node.Conv first) throws IOException {
    PatchCovariance covariance =
        new PatchCovariance(pipeline.output(), first.kernel(), first.stride());
    long size = source.size();
    int images = (int) Math.min(size, whitening.images());
    for (int i = 0; i < images; i++) {
      covariance.add(source.read((int) (i * size / images), pipeline::prepare));
    }
    return covariance.filters(whitening.epsilon());
  }
}
