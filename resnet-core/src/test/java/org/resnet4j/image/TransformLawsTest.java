package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Shape;

final class TransformLawsTest {
  @Provide
  Arbitrary<Image> images() {
    return Combinators.combine(
            Arbitraries.of(1, 3),
            Arbitraries.integers().between(1, 9),
            Arbitraries.integers().between(1, 9),
            Arbitraries.longs())
        .as((channels, height, width, seed) -> noise(new Shape(channels, height, width), seed));
  }

  @Property(tries = 200)
  void flippingTwiceIsIdentity(@ForAll("images") Image image) {
    Image once = HorizontalFlip.flipped(image);
    assertThat(HorizontalFlip.flipped(once).pixels()).isEqualTo(image.pixels());
    int width = image.shape().width();
    assertThat(once.pixels()[0]).isEqualTo(image.pixels()[width - 1]);
  }

  @Property(tries = 200)
  void aCropIsAWindowOfThePaddedImage(
      @ForAll("images") Image image,
      @ForAll @IntRange(min = 1, max = 12) int padding,
      @ForAll long seed) {
    Image crop = new RandomCrop(padding).apply(image, new SplittableRandom(seed));
    RandomGenerator random = new SplittableRandom(seed);
    int top = random.nextInt(2 * padding + 1);
    int left = random.nextInt(2 * padding + 1);
    Shape shape = image.shape();
    assertThat(crop.shape()).isEqualTo(shape);
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          assertThat(at(crop, c, y, x))
              .isEqualTo(at(image, c, y + top - padding, x + left - padding));
        }
      }
    }
  }

  /**
   * Over 100,000 draws of torchvision 0.14's {@code RandomResizedCrop.get_params} from 200×200
   * pixels, with scale (0.35, 1) and its usual ratio, the mean height and width were 156.2 pixels.
   */
  @Test
  void randomResizedCropsHaveTheMeanSizeOfTorchvisions() {
    int side = 200;
    byte[] pixels = new byte[side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % side);
    }
    Image ramp = new Image(new Shape(1, side, side), pixels);
    RandomGenerator random = new SplittableRandom(1);
    double sum = 0;
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      Image crop = new RandomResizedCrop(0.35).apply(ramp, random);
      assertThat(crop.shape()).isEqualTo(ramp.shape());
      // The values of the first row rise by the width of the crop.
      sum += (at(crop, 0, 0, side - 1) & 0xff) - (at(crop, 0, 0, 0) & 0xff) + 1;
    }
    assertThat(sum / draws).isCloseTo(156.2, within(1.0));
  }

  @Property(tries = 100)
  void equalSeedsGiveEqualPixels(@ForAll("images") Image image, @ForAll long seed) {
    for (Transform transform :
        new Transform[] {
          new RandomCrop(3), new HorizontalFlip(), new HorizontalFlip(0.3), new RandomResizedCrop()
        }) {
      byte[] before = image.pixels().clone();
      assertThat(transform.apply(image, new SplittableRandom(seed)).shape())
          .isEqualTo(image.shape());
      assertThat(transform.apply(image, new SplittableRandom(seed)).pixels())
          .isEqualTo(transform.apply(image, new SplittableRandom(seed)).pixels());
      assertThat(image.pixels()).isEqualTo(before);
    }
  }

  @Property(tries = 100)
  void resizedPixelsStayWithinTheRangeOfTheImage(
      @ForAll("images") Image image,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 20) int width) {
    Image resized = new Resize(height, width).apply(image);
    assertThat(resized.shape()).isEqualTo(new Shape(image.shape().channels(), height, width));
    for (byte pixel : resized.pixels()) {
      assertThat(pixel & 0xff).isBetween(least(image), most(image));
    }
  }

  @Property(tries = 50)
  void grayImageRoundTripsThroughColour(@ForAll("images") Image image) {
    Image gray = new Channels(1).of(image);
    Image colour = new Channels(3).of(gray);
    assertThat(colour.shape()).isEqualTo(image.shape().withChannels(3));
    assertThat(new Channels(1).of(colour).pixels()).isEqualTo(gray.pixels());
  }

  private static int least(Image image) {
    int least = 255;
    for (byte pixel : image.pixels()) {
      least = Math.min(least, pixel & 0xff);
    }
    return least;
  }

  private static int most(Image image) {
    int most = 0;
    for (byte pixel : image.pixels()) {
      most = Math.max(most, pixel & 0xff);
    }
    return most;
  }

  /** Returns the pixel at a position, or black outside the image. */
  private static byte at(Image image, int c, int y, int x) {
    Shape shape = image.shape();
    boolean inside = y >= 0 && y < shape.height() && x >= 0 && x < shape.width();
    return inside ? image.pixels()[(c * shape.height() + y) * shape.width() + x] : 0;
  }

  private static Image noise(Shape shape, long seed) {
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    new SplittableRandom(seed).nextBytes(pixels);
    return new Image(shape, pixels);
  }

  @Property(tries = 200)
  void directlyResizedCenterEqualsTheCenterCropOfTheResizedImage(
      @ForAll("images") Image image,
      @ForAll @IntRange(min = 1, max = 30) int side,
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll Interpolation interpolation) {
    int shorter = Math.min(height, width);
    int frameHeight = side * height / shorter;
    int frameWidth = side * width / shorter;
    int down = image.shape().height();
    int across = image.shape().width();
    boolean byHeight = frameHeight * across >= frameWidth * down;
    Resize resize =
        byHeight
            ? new Resize(frameHeight, across * frameHeight / down, interpolation)
            : new Resize(down * frameWidth / across, frameWidth, interpolation);
    Image whole = new CenterCrop(height, width).of(resize.apply(image));
    assertThat(Fit.centerCrop(side, interpolation).apply(image, height, width))
        .usingRecursiveComparison()
        .isEqualTo(whole);
  }

  /** Resizing the whole thin image would need 224 × 7,340,032 pixels. */
  @Test
  void thinImageIsResizedWithoutAHugeIntermediate() {
    Image thin = noise(new Shape(3, 1 << 15, 1), 1);
    Image center = Fit.centerCrop(256, Interpolation.BICUBIC).apply(thin, 224, 224);
    assertThat(center.shape()).isEqualTo(new Shape(3, 224, 224));
    assertThat(new Resize(224, 224).apply(thin).shape()).isEqualTo(new Shape(3, 224, 224));
    Image endless = new Image(new Shape(1, 1 << 26, 1), new byte[1 << 26]);
    assertThatThrownBy(() -> new Resize(8192, 8192).apply(endless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("resize: expected at most ");
  }

  @Test
  void cachedResizeKernelsAreBounded() {
    for (int side = 1; side < 2000; side++) {
      ResizeKernel.of(10_000 + side, 224, 0, 224, Interpolation.BICUBIC);
    }
    assertThat(ResizeKernel.kept()).isBetween(1, 1 << 20);
  }
}
