package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageFolder;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.recipe.Recipes;

/** Training, evaluation, classification and feature extraction read the same pixels. */
final class TrainAndClassifyPixelsTest {
  private static final Shape SHAPE = new Shape(3, 20, 20);

  @TempDir Path folder;

  @Test
  void trainingAndClassifyingReadTheSamePixelsOfEveryVariant() throws IOException {
    Path images = Files.createDirectories(folder.resolve("class"));
    for (String line :
        new String(resource("pillow.csv"), StandardCharsets.UTF_8).lines().toList()) {
      String name = line.substring(0, line.indexOf(','));
      Files.write(images.resolve(name), resource(name));
    }
    Preprocessing preprocessing =
        Preprocessing.stretch(SHAPE, Normalization.of(ChannelStats.IMAGENET));
    try (ImageSource source = ImageFolder.open(folder);
        Batches batches =
            Recipes.usual()
                .with(
                    recipe -> recipe.imageSize(SHAPE.height()).channels(SHAPE.channels()).batch(16))
                .testBatches(source, ChannelStats.IMAGENET)
                .build()) {
      int image = 0;
      while (batches.hasNext()) {
        INDArray features = batches.next().getFeatures();
        for (int i = 0; i < features.size(0); i++, image++) {
          Path file = Path.of(source.name(image));
          float[] seen = features.slice(i).dup('c').data().asFloat();
          assertThat(Arrays.equals(seen, ImageFiles.read(file, preprocessing::prepare)))
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
