package org.resnet4j.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.Precision;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.FeatureExtractor;
import org.resnet4j.zoo.Model;

/**
 * The part of a model that is computed.
 *
 * @param place of the features as {@link FeatureExtractor} names it; null for probabilities
 * @param precision of the probabilities; features are computed in FP32
 */
record NetworkPart(@Nullable String place, Precision precision) implements Serializable {
  /**
   * A compiled network, which several tasks may call at once.
   *
   * @param network batches {@code [N, C, H, W]} to numbers {@code [N, …]}
   * @param names of so many outputs; empty for features
   */
  record Compiled(
      ImagePipeline pipeline,
      UnaryOperator<INDArray> network,
      IntFunction<List<String>> names,
      Runnable release)
      implements AutoCloseable {

    /** Returns the numbers of each of some images that the pipeline prepared. */
    List<float[]> of(List<float[]> images) {
      if (images.isEmpty()) {
        return List.of();
      }
      INDArray batch = pipeline.batch(images);
      float[] all = network.apply(batch).dup('c').data().asFloat();
      batch.close();
      int length = all.length / images.size();
      return IntStream.range(0, images.size())
          .mapToObj(i -> Arrays.copyOfRange(all, i * length, (i + 1) * length))
          .toList();
    }

    @Override
    public void close() {
      release.run();
    }
  }

  /** Compiles this part of {@code model}. */
  Compiled compile(Model model) {
    if (place != null) {
      FeatureExtractor features = model.features(place);
      return new Compiled(
          model.pipeline(), features::ofBatch, outputs -> List.of(), features::close);
    }
    Classifier classifier =
        model.classifier(CompileOptions.inference().precision(precision).orFallBack());
    return new Compiled(
        model.pipeline(), classifier::probabilities, classifier::labels, classifier::close);
  }
}
