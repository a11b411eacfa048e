package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.support.Digest;

/**
 * Every float equals the goldens made by {@code src/test/python/preprocessing_goldens.py} bit for
 * bit.
 */
final class WeightPipelinesTest {
  static Stream<String> goldens() throws IOException {
    return Files.readAllLines(resource("pipeline.txt")).stream();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void preprocessedImageEqualsTorchvisionTimmAndKeras(String golden) throws IOException {
    Scanner words = new Scanner(golden);
    String way = words.next();
    float[] values =
        WeightSets.byName(way).pipeline().prepare(ImageFiles.read(resource(words.next())));
    String sha256 = words.next();

    for (int i = 0; i < 5; i++) {
      assertThat(values[values.length / 5 * i])
          .as("value %d of %s", i, way)
          .isEqualTo(Float.parseFloat(words.next()));
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    assertThat(Digest.sha256().add(bytes.array()).hex()).isEqualTo(sha256);
  }

  @Test
  void preprocessingOfATrainedNetworkStretchesAndConvertsToGray() {
    byte[] pixels = new byte[3 * 4 * 6];
    Arrays.fill(pixels, (byte) 51);
    ImagePipeline pipeline =
        ImagePipeline.of(
            new Shape(1, 2, 2),
            Fit.stretch(Interpolation.BILINEAR),
            Normalization.rgb(List.of(0.286), List.of(0.353)));

    assertThat(pipeline.prepare(new Image(new Shape(3, 4, 6), pixels)))
        .containsOnly((0.2f - 0.2860f) / 0.3530f)
        .hasSize(4);
  }

  @Test
  void imagesAreStackedInTheirOrder() {
    ImagePipeline pipeline =
        ImagePipeline.of(
            new Shape(1, 1, 2), Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT);
    INDArray batch = pipeline.batch(List.of(new float[] {1, 2}, new float[] {3, 4}));

    assertThat(batch.shape()).containsExactly(2, 1, 1, 2);
    assertThat(batch.ravel().toFloatVector()).containsExactly(1, 2, 3, 4);
  }

  private static Path resource(String name) {
    try {
      return Path.of(WeightPipelinesTest.class.getResource(name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
