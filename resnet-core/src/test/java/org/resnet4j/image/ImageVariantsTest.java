package org.resnet4j.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Digest;

/**
 * Every image variant made by {@code image_variants.py} and {@code webp_goldens.py} in {@code
 * src/test/python} has Pillow's pixels or is refused in a sentence.
 */
final class ImageVariantsTest {
  private static final Path FOLDER = folder();

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> FOLDER.relativize(file).toString())
          .filter(name -> name.startsWith("variants") || name.startsWith("webp"))
          .filter(name -> !name.endsWith(".csv"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyVariantEqualsPillowOrIsRefused(String name) throws IOException {
    Path file = FOLDER.resolve(name);
    String golden = goldens(file.resolveSibling("pillow.csv")).get(file.getFileName().toString());
    if (golden == null) {
      assertThatThrownBy(() -> ImageFiles.read(file))
          .isInstanceOf(DataFormatException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageMatching(
              "[^\\n]* expected [^\\n]*; save it again as JPEG or PNG, or remove it");
      return;
    }
    Image image = ImageFiles.read(file);
    Shape shape = image.shape();
    byte[] pixels = new byte[image.pixels().length];
    int plane = shape.height() * shape.width();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = image.pixels()[i % 3 * plane + i / 3];
    }
    assertThat(shape.width() + "," + shape.height() + "," + Digest.sha256().add(pixels).hex())
        .isEqualTo(golden);
  }

  private static Map<String, String> goldens(Path table) throws IOException {
    try (Stream<String> lines = Files.lines(table)) {
      return lines
          .map(line -> line.split(",", 2))
          .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    }
  }

  private static Path folder() {
    try {
      return requireNonNull(
          Path.of(ImageVariantsTest.class.getResource("variants").toURI()).getParent());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
