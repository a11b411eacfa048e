package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Shape;

/** Every byte equals the goldens made by {@code src/test/python/pillow_goldens.py}. */
final class PillowTest {
  @ParameterizedTest
  @CsvSource({
    "1x28x28, 96, 96",
    "3x17x13, 8, 20",
    "3x20x31, 7, 5",
    "1x5x5, 5, 11",
    "1x9x6, 4, 6",
    "3x1x1, 4, 4",
    "1x64x64, 1, 1",
    "1x40x40, 39, 41"
  })
  void resizedImageEqualsPillow(String from, int height, int width) throws IOException {
    Image resized = new Resize(height, width).apply(pattern(from));
    assertThat(resized.shape()).isEqualTo(new Shape(Shape.parse(from).channels(), height, width));
    assertThat(interleaved(resized))
        .isEqualTo(golden("resize-%s-%sx%s".formatted(from, height, width)));
    for (Interpolation interpolation : Interpolation.values()) {
      String name = interpolation.name().toLowerCase(Locale.ROOT).replace("bilinear", "resize");
      assertThat(interleaved(new Resize(height, width, interpolation).apply(pattern(from))))
          .as(name)
          .isEqualTo(golden("%s-%s-%sx%s".formatted(name, from, height, width)));
    }
  }

  @ParameterizedTest
  @CsvSource({"3x30x47, 13, 20", "3x47x30, 20, 13", "1x11x23, 17, 35", "3x20x20, 20, 20"})
  void shorterSideResizeEqualsTorchvision(String from, int height, int width) throws IOException {
    int side = Math.min(height, width);
    for (Interpolation interpolation : Interpolation.values()) {
      Image resized = Fit.centerCrop(side, interpolation).apply(pattern(from), height, width);
      assertThat(resized.shape()).isEqualTo(new Shape(Shape.parse(from).channels(), height, width));
      assertThat(interleaved(resized))
          .isEqualTo(
              golden(
                  "shorter-%s-%s-%s"
                      .formatted(interpolation.name().toLowerCase(Locale.ROOT), from, side)));
    }
  }

  @ParameterizedTest
  @CsvSource({"3x9x12, 4, 7", "3x10x11, 5, 5", "1x3x8, 6, 5", "3x4x5, 9, 9"})
  void centerCropEqualsTorchvision(String from, int height, int width) throws IOException {
    assertThat(interleaved(new CenterCrop(height, width).of(pattern(from))))
        .isEqualTo(golden("crop-%s-%sx%s".formatted(from, height, width)));
  }

  /** The images of the last two rows are panoramas: 44 times as long as they are wide. */
  @ParameterizedTest
  @CsvSource({
    "3x30x47, 16, 12, 20",
    "3x47x30, 16, 12, 20",
    "1x40x40, 10, 21, 9",
    "3x9x400, 10, 8, 8",
    "3x400x9, 9, 8, 12"
  })
  void rectangularCropEqualsTorchvision(String from, int side, int height, int width)
      throws IOException {
    Fit fit = Fit.centerCrop(side, Interpolation.BILINEAR);
    assertThat(interleaved(fit.apply(pattern(from), height, width)))
        .isEqualTo(golden("rectangle-%s-%s-%sx%s".formatted(from, side, height, width)));
  }

  @ParameterizedTest
  @CsvSource({
    "3x30x47, 20, 20",
    "3x47x30, 17, 24",
    "1x5x90, 11, 16",
    "3x13x13, 8, 8",
    "3x7x9, 14, 18"
  })
  void paddedImageEqualsPillow(String from, int height, int width) throws IOException {
    Fit fit = Fit.pad(List.of(10, 200, 30), Interpolation.BICUBIC);
    assertThat(interleaved(fit.apply(pattern(from), height, width)))
        .isEqualTo(golden("pad-%s-%sx%s".formatted(from, height, width)));
  }

  @ParameterizedTest
  @CsvSource({"1x28x28, 2", "3x17x13, 3", "3x20x31, 4", "3x11x29, 5", "1x9x6, 7", "3x40x23, 13"})
  void reducedImageEqualsPillow(String from, int factor) throws IOException {
    assertThat(interleaved(Reduction.reduced(pattern(from), factor)))
        .isEqualTo(golden("reduce-%s-%s".formatted(from, factor)));
  }

  @ParameterizedTest
  @CsvSource({
    "3x40x60, 3, 5, 20, 31, 16, 16",
    "1x33x21, 0, 1, 33, 20, 8, 12",
    "3x9x9, 4, 4, 2, 1, 7, 7"
  })
  void resizedPartEqualsTorchvision(
      String from, int top, int left, int rows, int columns, int height, int width)
      throws IOException {
    Image part =
        new RandomResizedCrop()
            .resized(
                pattern(from), new RandomResizedCrop.Box(top, left, rows, columns), height, width);
    assertThat(interleaved(part))
        .isEqualTo(
            golden(
                "part-%s-%s-%s-%sx%s-%sx%s"
                    .formatted(from, top, left, rows, columns, height, width)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exif1.jpg",
        "exif2.jpg",
        "exif3.jpg",
        "exif4.jpg",
        "exif5.jpg",
        "exif6.jpg",
        "exif7.jpg",
        "exif8.jpg",
        "exif8-big-endian.jpg",
        "exif9.jpg",
        "exif6.png"
      })
  void exifOrientationEqualsPillow(String name) throws Exception {
    Path file = Path.of(PillowTest.class.getResource("pillow/" + name).toURI());
    assertThat(interleaved(ImageFiles.read(file))).isEqualTo(golden(name));
  }

  @ParameterizedTest
  @ValueSource(strings = "3x20x20")
  void grayscaleEqualsPillow(String from) throws IOException {
    assertThat(new Channels(1).of(pattern(from)).pixels()).isEqualTo(golden("gray-" + from));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb444.jpg",
        "rgb422.jpg",
        "rgb420.jpg",
        "progressive.jpg",
        "profile.jpg",
        "gray.jpg",
        "cmyk.jpg",
        "ycck.jpg",
        "rgb.png",
        "gray.png",
        "gray2.png",
        "black-and-white.png",
        "alpha.png",
        "gray-alpha.png",
        "palette4.png",
        "palette8.png",
        "rgb16.png",
        "alpha16.png",
        "gray16.png",
        "rgb.bmp",
        "palette.gif"
      })
  void decodedImageEqualsPillow(String name) throws IOException {
    try (InputStream in = resource(name)) {
      assertThat(interleaved(ImageFiles.read(name, in))).isEqualTo(golden(name));
    }
  }

  /** Returns the same numbers as the script's {@code pattern}. */
  private static Image pattern(String size) {
    Shape shape = Shape.parse(size);
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % shape.width();
      int y = i / shape.width() % shape.height();
      int c = i / shape.width() / shape.height();
      pixels[i] = (byte) (c * 71 + y * 37 + x * x * 13 + x * y * 7);
    }
    return new Image(shape, pixels);
  }

  /** Returns pixels in Pillow's order, {@code [H, W, C]}. */
  private static byte[] interleaved(Image image) {
    int channels = image.shape().channels();
    int plane = image.pixels().length / channels;
    byte[] pixels = new byte[image.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image.pixels()[i % channels * plane + i / channels];
    }
    return pixels;
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = resource(name + ".rgb")) {
      return in.readAllBytes();
    }
  }

  private static InputStream resource(String name) {
    InputStream in = PillowTest.class.getResourceAsStream("pillow/" + name);
    if (in == null) {
      throw new AssertionError(name + " is missing; run src/test/python/pillow_goldens.py");
    }
    return in;
  }
}
