package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Fit;
import org.resnet4j.image.HorizontalFlip;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.image.RandomResizedCrop;

/** Decoded images that are kept for later epochs. */
class KeptImagesTest {
  private static final ImagePipeline FIT =
      ImagePipeline.of(
          new Shape(3, 12, 12),
          Fit.centerCrop(16, Interpolation.BILINEAR),
          Normalization.TORCHVISION);

  @TempDir Path folder;

  static List<ImagePipeline> pipelines() {
    RandomResizedCrop reduced =
        new RandomResizedCrop(0.4, 1, 0.75, 1.3, Interpolation.BICUBIC, true);
    return List.of(
        FIT,
        FIT.augmented(new HorizontalFlip()),
        FIT.augmented(new RandomResizedCrop(), new HorizontalFlip()),
        FIT.augmented(reduced, new HorizontalFlip()),
        ImagePipeline.of(
                new Shape(1, 9, 9), Fit.stretch(Interpolation.BILINEAR), Normalization.UNIT)
            .augmented(reduced));
  }

  private FileSource source() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    FileSource.Builder files = new FileSource.Builder(folder, List.of("a", "b"));
    for (int i = 0; i < 10; i++) {
      int height = 20 + random.nextInt(60);
      BufferedImage picture = new BufferedImage(50, height, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 50 * height; pixel++) {
        picture.setRGB(pixel % 50, pixel / 50, random.nextInt(1 << 24));
      }
      String format = i % 2 == 0 ? "png" : "jpg";
      ImageIO.write(picture, format, folder.resolve(i + "." + format).toFile());
      files.add(i % 2, i + "." + format);
    }
    return files.build("");
  }

  /** The first epochs, the second of which has smaller images. */
  private static List<INDArray> epochs(Batches batches, int first, int last) {
    List<INDArray> all = new ArrayList<>();
    for (int epoch = first; epoch < last; epoch++) {
      batches.startEpoch(epoch);
      batches.forEachRemaining(batch -> all.add(batch.getFeatures()));
    }
    return all;
  }

  private static BatchesBuilder batches(FileSource source, ImagePipeline pipeline) {
    return Batches.of(source)
        .size(4)
        .pipeline(pipeline)
        .shuffle(3)
        .sides(epoch -> epoch == 0 ? 8 : 0, 12)
        .last(LastBatch.KEEP);
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void pixelsAreThoseOfFilesThatAreReadAnew(ImagePipeline pipeline) throws IOException {
    FileSource source = source();
    try (Batches anew = batches(source, pipeline).build();
        Batches kept = batches(source, pipeline).keepingDecoded(true).build()) {
      assertThat(epochs(kept, 0, 2)).isEqualTo(epochs(anew, 0, 2));
      List<INDArray> later = epochs(anew, 2, 4);
      for (int i = 0; i < source.size(); i++) {
        Files.delete(source.file(i).orElseThrow());
      }
      assertThat(epochs(kept, 2, 4)).isEqualTo(later);
    }
  }

  private KeptImages create(int images, long most) {
    return Objects.requireNonNull(KeptImages.create(folder, images, most));
  }

  @Test
  void nothingIsKeptWithoutAFolder() {
    assertThat(KeptImages.create(folder.resolve("nosuch"), 1, 1 << 20)).isNull();
  }

  @Test
  void imagesWithoutRoomAreReadAgain() throws IOException {
    Image image = new Image(new Shape(1, 2, 3), new byte[] {1, 2, 3, 4, 5, 6});
    try (KeptImages kept = create(3, 2 * (16 + 6) + 21)) {
      assertThat(kept.find(1, 0)).isEmpty();
      kept.keep(1, 2, image);
      assertThat(kept.find(1, 2).orElseThrow().pixels()).isEqualTo(image.pixels());
      assertThat(kept.find(1, 2).orElseThrow().shape()).isEqualTo(image.shape());
      assertThat(kept.find(1, 4)).isEmpty();
      kept.keep(1, 4, image);
      assertThat(kept.find(1, 4)).isPresent();
      assertThat(kept.find(1, 2)).isEmpty();
      kept.keep(0, 4, image);
      assertThat(kept.find(0, 4)).isEmpty();
    }
  }

  @Test
  void largeImagesAreReadAgain() throws IOException {
    try (KeptImages kept = create(1, 1L << 30)) {
      kept.keep(0, 2, new Image(new Shape(3, 2049, 2048), new byte[3 * 2049 * 2048]));
      assertThat(kept.find(0, 2)).isEmpty();
      kept.keep(0, 2, new Image(new Shape(3, 2048, 2048), new byte[3 * 2048 * 2048]));
      assertThat(kept.find(0, 2)).isPresent();
    }
  }
}
