package org.resnet4j.spark;

import java.io.Serializable;
import java.util.List;
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
  /** A compiled network, which several tasks may call at once. */
  interface Compiled extends AutoCloseable {
    ImagePipeline pipeline();

    /** Returns the names of the classes. */
    List<String> classes();

    /** Returns the numbers {@code [N, …]} of a batch {@code [N, C, H, W]}. */
    INDArray of(INDArray batch);

    @Override
    void close();
  }

  /** Compiles this part of {@code model}. */
  Compiled compile(Model model) {
    return place == null
        ? new Probabilities(
            model, model.classifier(CompileOptions.inference().precision(precision).orFallBack()))
        : new Features(model, model.features(place));
  }

  private record Probabilities(Model model, Classifier classifier) implements Compiled {
    @Override
    public ImagePipeline pipeline() {
      return model.pipeline();
    }

    @Override
    public List<String> classes() {
      return model.classes().names();
    }

    @Override
    public INDArray of(INDArray batch) {
      return classifier.probabilities(batch);
    }

    @Override
    public void close() {
      classifier.close();
    }
  }

  private record Features(Model model, FeatureExtractor extractor) implements Compiled {
    @Override
    public ImagePipeline pipeline() {
      return model.pipeline();
    }

    @Override
    public List<String> classes() {
      return List.of();
    }

    @Override
    public INDArray of(INDArray batch) {
      return extractor.ofBatch(batch);
    }

    @Override
    public void close() {
      extractor.close();
    }
  }
}
