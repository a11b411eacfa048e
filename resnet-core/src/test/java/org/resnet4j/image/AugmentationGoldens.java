package org.resnet4j.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.MagnitudeSpace.Step;

/** The lines that {@code src/test/python/augmentation_goldens.py} wrote, and their images. */
final class AugmentationGoldens {
  private static final int DIGITS = 16;

  private AugmentationGoldens() {}

  /** Returns the fields of all lines of a kind. */
  static Stream<List<String>> lines(String kind) {
    try (InputStream in = AugmentationGoldens.class.getResourceAsStream("augmentations.txt")) {
      if (in == null) {
        throw new AssertionError("run src/test/python/augmentation_goldens.py");
      }
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(line -> List.of(line.split(" ", -1)))
          .filter(line -> line.get(0).equals(kind))
          .map(line -> line.subList(1, line.size()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the same numbers as the script's {@code picture}. */
  static Image pattern(String pattern, String size) {
    Shape shape = Shape.parse(size);
    byte[] pixels = new byte[Math.toIntExact(shape.size())];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % shape.width();
      int y = i / shape.width() % shape.height();
      int c = i / shape.width() / shape.height();
      int rough = c * 71 + y * 37 + x * x * 13 + x * y * 7 & 255;
      pixels[i] =
          (byte)
              switch (pattern) {
                case "rough" -> rough;
                case "dim" -> 60 + rough / (3 + c);
                default -> 77;
              };
    }
    return new Image(shape, pixels);
  }

  static Image rough(String size) {
    return pattern("rough", size);
  }

  /** Returns operations of the form {@code SHEAR_X:0.3,EQUALIZE:0.0}, or none for a dash. */
  static List<Step> steps(String text) {
    List<Step> steps = new ArrayList<>();
    for (String step : text.equals("-") ? new String[0] : text.split(",", -1)) {
      String[] parts = step.split(":", -1);
      steps.add(new Step(ImageOperation.valueOf(parts[0]), Double.parseDouble(parts[1])));
    }
    return steps;
  }

  static List<Integer> integers(String text) {
    return Arrays.stream(text.split(",", -1)).map(Integer::valueOf).toList();
  }

  static MagnitudeSpace space(String name, Shape shape) {
    return switch (name) {
      case "trivial" -> MagnitudeSpace.trivialWide();
      case "rand" -> MagnitudeSpace.rand(shape);
      case "auto" -> MagnitudeSpace.auto(shape);
      default -> MagnitudeSpace.mix(shape, true);
    };
  }

  /** Returns the first digits of the SHA-256 of pixels in Pillow's order, {@code [H, W, C]}. */
  static String digest(List<Image> images) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Image image : images) {
        int channels = image.shape().channels();
        int plane = image.pixels().length / channels;
        byte[] pixels = new byte[image.pixels().length];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = image.pixels()[i % channels * plane + i / channels];
        }
        digest.update(pixels);
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
