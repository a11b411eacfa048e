package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The facts are those that Pillow reports for the files it wrote: format, size, mode. */
class ImageFactsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "rgb.png, PNG, 21, 18, 8, false",
    "rgb16.png, PNG, 21, 18, 16, false",
    "gray16.png, PNG, 21, 18, 16, false",
    "rgb420.jpg, JPEG, 21, 18, 8, false",
    "cmyk.jpg, JPEG, 21, 18, 8, true",
    "palette.gif, GIF, 21, 18, 8, false",
    "rgb.bmp, BMP, 21, 18, 8, false",
  })
  void factsAreThoseOfTheHeader(
      String name, String format, int width, int height, int bits, boolean cmyk)
      throws IOException {
    byte[] bytes = pillow(name);
    Path file = Files.write(folder.resolve(name), bytes);
    AtomicInteger length = new AtomicInteger();
    ImageFacts facts = ImageFacts.of(file, true, content -> length.set(content.length));
    assertThat(facts).isEqualTo(new ImageFacts(format, width, height, bits, cmyk));
    assertThat(length).hasValue(bytes.length);
    assertThat(ImageFacts.format(Arrays.copyOf(bytes, ImageFacts.START))).contains(format);
    assertThat(ImageFacts.mayBeNamed(name, format)).isTrue();
    assertThat(ImageFacts.mayBeNamed("a.webp", format)).isFalse();
    assertThat(ImageFacts.mayBeNamed("a.dat", format)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"BMW is no bitmap at all but a car, 0", "RIFF1234WEBPVP8, 1", "text, 0", "BM, 0"})
  void textIsNoImage(String text, int formats) {
    assertThat(ImageFacts.format(text.getBytes(StandardCharsets.US_ASCII)).stream().count())
        .isEqualTo(formats);
  }

  @Test
  void truncatedFilesAreRefusedWithoutDecoding() throws IOException {
    for (String name : new String[] {"rgb.png", "rgb420.jpg"}) {
      byte[] bytes = pillow(name);
      Path file = Files.write(folder.resolve(name), Arrays.copyOf(bytes, bytes.length - 20));
      assertThatThrownBy(() -> ImageFacts.of(file, false, content -> {}))
          .isInstanceOf(DataFormatException.class)
          .hasMessageContaining("but the file ends here");
    }
  }

  private static byte[] pillow(String name) throws IOException {
    try (InputStream in = ImageFactsTest.class.getResourceAsStream("pillow/" + name)) {
      if (in == null) {
        throw new AssertionError(name + " is missing; run src/test/python/pillow_goldens.py");
      }
      return in.readAllBytes();
    }
  }
}
