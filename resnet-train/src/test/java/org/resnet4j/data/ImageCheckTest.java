package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.ImageProblem.Kind;
import org.resnet4j.data.ImageProblem.Severity;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.ImageFiles;

class ImageCheckTest {
  @TempDir Path root;

  @Test
  void soundImagesHaveNoFindings() throws IOException {
    sound();
    ImageFindings found = check();
    assertThat(found.problems()).isEmpty();
    found.requireUsable();
  }

  @Test
  void everyFileThatCannotBeReadIsFound() throws IOException {
    sound();
    byte[] jpeg = jpeg(0);
    put("train/cat/cut.jpg", Arrays.copyOf(jpeg, jpeg.length - 30));
    put("train/cat/empty.jpg", new byte[0]);
    put("train/dog/text.png", "text".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    put("test/dog/photo.heic", new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'});
    byte[] png = pillow("rgb.png");
    png[png.length - 20] ^= 1;
    put("test/cat/flipped.png", png);
    ImageFindings found = check();
    assertThat(found.unreadable())
        .containsExactly(
            root.resolve("train/cat/cut.jpg"),
            root.resolve("train/cat/empty.jpg"),
            root.resolve("train/dog/text.png"),
            root.resolve("test/cat/flipped.png"),
            root.resolve("test/dog/photo.heic"));
    assertThat(found.problems().get(0).toString())
        .isEqualTo(
            "5 of 13 images cannot be read, the first: "
                + root.resolve("train/cat/cut.jpg")
                + ": offset "
                + (jpeg.length - 30)
                + ": expected more of the image but the file ends here; save it again as JPEG or"
                + " PNG, or remove it");
    assertThatThrownBy(found::requireUsable)
        .isInstanceOf(UnreadableImagesException.class)
        .hasMessageEndingWith("; repair or remove them, or leave them out with skipUnreadable()");
  }

  /** A JPEG of which the coefficients end early has all of its segments. */
  @Test
  void pixelsAreDecodedUnlessThereAreTooMany() throws IOException {
    sound();
    byte[] jpeg = jpeg(1);
    byte[] damaged = new byte[jpeg.length - 200];
    System.arraycopy(jpeg, 0, damaged, 0, jpeg.length - 202);
    System.arraycopy(jpeg, jpeg.length - 2, damaged, damaged.length - 2, 2);
    put("train/cat/damaged.jpg", damaged);
    assertThat(check().unreadable()).containsExactly(root.resolve("train/cat/damaged.jpg"));
    try (FileSource train = ImageFolder.open(root.resolve("train"));
        FileSource test = ImageFolder.open(root.resolve("test"))) {
      assertThat(ImageCheck.of(train, test).decodeUpTo(1000).run().unreadable()).isEmpty();
    }
  }

  @Test
  void equalFilesAreFoundWithinAndAcrossSplits() throws IOException {
    sound();
    copy("train/cat/0.png", "test/cat/same.png");
    copy("train/cat/1.png", "train/cat/again.png");
    copy("train/cat/1.png", "train/cat/and again.png");
    copy("train/cat/2.png", "train/dog/other.png");
    ImageFindings found = check();
    assertThat(found.of(Kind.LEAKAGE))
        .singleElement()
        .hasToString(
            "1 of 3 test images equal training images byte for byte, so the accuracy will be too"
                + " high; remove one of each: "
                + root.resolve("train/cat/0.png")
                + " = "
                + root.resolve("test/cat/same.png"));
    assertThat(found.of(Kind.DUPLICATE)).singleElement().returns(2, ImageProblem::count);
    assertThat(found.of(Kind.TWO_CLASSES))
        .singleElement()
        .returns(
            List.of(root.resolve("train/cat/2.png") + " = " + root.resolve("train/dog/other.png")),
            ImageProblem::examples);
    found.requireUsable();
  }

  @Test
  void classesAreCounted() throws IOException {
    sound();
    for (int i = 10; i < 40; i++) {
      png("train/Cat/" + i + ".png", i);
    }
    ImageFindings found = check();
    assertThat(found.of(Kind.IMBALANCE))
        .singleElement()
        .hasToString(
            "Classes are unequal, from 3 images of cat to 30 of Cat: look at the figures of each"
                + " class");
    assertThat(found.of(Kind.SIMILAR_CLASSES))
        .singleElement()
        .returns(List.of("Cat and cat"), ImageProblem::examples);
    assertThat(found.of(Kind.MISSING_CLASS))
        .singleElement()
        .returns(Severity.WARNING, ImageProblem::severity)
        .returns(List.of("Cat"), ImageProblem::examples);
  }

  @Test
  void oneClassAndClassesWithoutTrainingImagesAreFatal() throws IOException {
    sound();
    FileSource one = ImageFolder.open(root.resolve("train"), List.of("cat", "dog"));
    int[] cats = {0, 1, 2};
    assertThatThrownBy(() -> ImageCheck.of(one.select(cats), one).run().requireUsable())
        .isInstanceOf(DataFormatException.class)
        .hasMessage("1 of 2 classes have no images to train on: dog");
    Path alone = root.resolve("alone");
    put("alone/cat/a.png", pillow("rgb.png"));
    FileSource single = ImageFolder.open(alone);
    assertThatThrownBy(() -> ImageCheck.of(single, single).run().requireUsable())
        .hasMessage(
            "images: expected at least two classes but there are [cat]; add images of another, or"
                + " name the folder whose folders are the classes");
  }

  @Test
  void unusualFilesAreNoted() throws IOException {
    sound();
    put("train/cat/deep.png", pillow("rgb16.png"));
    put("train/cat/inks.jpg", pillow("cmyk.jpg"));
    put("test/dog/photo.png", pillow("rgb420.jpg"));
    ImageFindings found = check();
    assertThat(found.of(Kind.SIXTEEN_BIT)).singleElement().returns(1, ImageProblem::count);
    assertThat(found.of(Kind.CMYK)).singleElement().returns(1, ImageProblem::count);
    assertThat(found.of(Kind.MISNAMED))
        .singleElement()
        .returns(List.of(root.resolve("test/dog/photo.png").toString()), ImageProblem::examples);
    assertThat(found.of(Kind.UNEQUAL_SIZES))
        .singleElement()
        .returns("Images have different sizes, from 21x18 to 64x64", ImageProblem::sentence);
  }

  private ImageFindings check() throws IOException {
    try (FileSource train = ImageFolder.open(root.resolve("train"));
        FileSource test = ImageFolder.open(root.resolve("test"), train.classes())) {
      return ImageCheck.of(train, test).run();
    }
  }

  /** Writes 3 images of each of two classes to train on and one of each to test. */
  private void sound() throws IOException {
    for (int i = 0; i < 3; i++) {
      png("train/cat/" + i + ".png", i);
      png("train/dog/" + i + ".png", 3 + i);
    }
    png("test/cat/6.png", 6);
    png("test/dog/7.png", 7);
  }

  private void png(String path, int seed) throws IOException {
    put(path, encoded(seed, "png"));
  }

  private static byte[] jpeg(int seed) throws IOException {
    return encoded(seed, "jpg");
  }

  private static byte[] encoded(int seed, String format) throws IOException {
    BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int i = 0; i < 64 * 64; i++) {
      image.setRGB(i % 64, i / 64, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, format, out);
    return out.toByteArray();
  }

  private void copy(String from, String to) throws IOException {
    Files.copy(root.resolve(from), root.resolve(to));
  }

  private void put(String path, byte[] bytes) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.write(file, bytes);
  }

  private static byte[] pillow(String name) throws IOException {
    try (InputStream in = ImageFiles.class.getResourceAsStream("pillow/" + name)) {
      if (in == null) {
        throw new AssertionError(name + " is missing; run src/test/python/pillow_goldens.py");
      }
      return in.readAllBytes();
    }
  }
}
