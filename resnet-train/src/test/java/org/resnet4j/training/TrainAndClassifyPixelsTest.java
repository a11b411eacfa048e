package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.BatchesBuilder;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageFolder;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.recipe.Recipe;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;

/** Training, evaluation, classification and feature extraction read the same pixels. */
final class TrainAndClassifyPixelsTest {
  private static final Shape SHAPE = new Shape(3, 20, 20);

  @TempDir Path folder;

  /** The pipelines of a run, and of all published weights: crops, filters, BGR, stretches. */
  static Stream<ImagePipeline> pipelines() {
    return Stream.concat(
            Stream.of(
                ImagePipeline.of(
                    SHAPE, Fit.stretch(Interpolation.BILINEAR), Normalization.TORCHVISION),
                ImagePipeline.of(
                    new Shape(1, 20, 20),
                    Fit.stretch(Interpolation.BILINEAR),
                    ChannelStats.MNIST.normalization())),
            WeightSets.all().stream().map(PretrainedWeights::pipeline))
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void batchesAndSingleImagesHaveTheSamePixelsInEveryVariant(ImagePipeline pipeline)
      throws IOException {
    requireSamePixels(pipeline, batches -> batches.pipeline(pipeline));
  }

  @Test
  void testBatchesOfARecipeHaveThePixelsOfItsRunInClassification() throws IOException {
    Recipe recipe =
        Recipes.usual()
            .with(next -> next.imageSize(SHAPE.height()).channels(SHAPE.channels()).batch(16));
    ImagePipeline trained = recipe.pipeline(new Shape(3, 7, 9), ChannelStats.IMAGENET);

    requireSamePixels(
        ImagePipeline.of(SHAPE, Fit.stretch(Interpolation.BILINEAR), Normalization.TORCHVISION),
        batches -> batches.pipeline(trained.forInference()));
  }

  private void requireSamePixels(ImagePipeline pipeline, UnaryOperator<BatchesBuilder> settings)
      throws IOException {
    Path images = Files.createDirectories(folder.resolve("class"));
    for (String line :
        new String(resource("pillow.csv"), StandardCharsets.UTF_8).lines().toList()) {
      String name = line.substring(0, line.indexOf(','));
      Files.write(images.resolve(name), resource(name));
    }
    try (ImageSource source = ImageFolder.open(folder);
        Batches batches = settings.apply(Batches.of(source).size(16)).build()) {
      int image = 0;
      while (batches.hasNext()) {
        INDArray features = batches.next().getFeatures();
        for (int i = 0; i < features.size(0); i++, image++) {
          Path file = Path.of(source.name(image));
          float[] seen = features.slice(i).dup('c').data().asFloat();
          assertThat(Arrays.equals(seen, ImageFiles.read(file, pipeline::prepare)))
              .as(file.toString())
              .isTrue();
        }
      }
      assertThat(image).isGreaterThan(200);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ImageFiles.class.getResourceAsStream("variants/" + name)) {
      return in.readAllBytes();
    }
  }
}
