package org.resnet4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.image.Fit;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.image.Interpolation;
import org.resnet4j.image.Normalization;
import org.resnet4j.run.Predictions;
import org.resnet4j.zoo.ClassNames;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.Labels;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Prediction;
import org.resnet4j.zoo.WeightSets;

/** An evaluation and a classifier give the same answers for the same files. */
class EvaluationTest {
  @TempDir Path folder;

  /** A network whose answers depend on every pixel, with the pipeline of published weights. */
  private static Model model(String weights, int classes) {
    ImagePipeline published = WeightSets.byName(weights).pipeline();
    int side = published.fit().resize() == 0 ? 32 : 28;
    Shape input = new Shape(3, side, side);
    Architecture architecture =
        Architectures.byName("resnet8").with(arch -> arch.input(input).classes(classes));
    Fit fit =
        published.fit().resize() == 0
            ? published.fit()
            : Fit.centerCrop(32, published.fit().interpolation());
    return Models.create(architecture, 3)
        .with(ImagePipeline.of(input, fit, published.normalization()))
        .with(ClassNames.of(List.of("bmp", "gif", "jpg", "png").subList(0, classes)));
  }

  /**
   * The files are all variants of JPEG, PNG, BMP and GIF that the reader knows: turned by EXIF,
   * CMYK, grey, 16-bit, interlaced.
   */
  @ParameterizedTest
  @ValueSource(strings = {"resnet20_cifar.akamaster", "resnet50.keras_in1k", "resnet18.a1_in1k"})
  void predictionsAreThoseOfTheClassifierForEveryVariantOfAFile(String weights) throws IOException {
    Map<String, Path> files = variants();
    Model model = model(weights, 4);

    Predictions evaluated = Evaluation.of(model).on(Dataset.folder(folder)).batch(16).run();

    assertThat(evaluated.predicted()).hasSize(files.size()).hasSizeGreaterThan(200);
    int index = 0;
    try (Classifier classifier = model.classifier()) {
      for (Path file : files.values()) {
        Prediction expected = classifier.top(file, 1).get(0);
        assertThat(evaluated.predicted()[index]).as(file.toString()).isEqualTo(expected.index());
        assertThat((double) evaluated.probabilities()[index])
            .as(file.toString())
            .isCloseTo(expected.probability(), within(1e-5));
        index++;
      }
    }
  }

  /** Returns the files by class and name, which is the order of a folder's images. */
  private Map<String, Path> variants() throws IOException {
    Map<String, Path> files = new TreeMap<>();
    String table = new String(resource("pillow.csv"), StandardCharsets.UTF_8);
    for (String line : table.lines().toList()) {
      String name = line.substring(0, line.indexOf(','));
      String ending = name.substring(name.lastIndexOf('.') + 1);
      if (!List.of("bmp", "gif", "jpg", "png").contains(ending)) {
        continue;
      }
      Path file = folder.resolve(ending).resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, resource(name));
      files.put(ending + "/" + name, file);
    }
    return files;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ImageFiles.class.getResourceAsStream("variants/" + name)) {
      return in.readAllBytes();
    }
  }

  @Test
  void mirroredEvaluationIsTheMeanOfAnImageAndItsMirrorImage() throws IOException {
    List<String> names = List.of("bmp", "gif", "jpg", "png");
    List<Path> images = new ArrayList<>();
    List<Path> mirrors = new ArrayList<>();
    Random random = new Random(5);
    for (String name : names) {
      Path image = folder.resolve("images").resolve(name).resolve("1.png");
      Path mirror = folder.resolve("mirrors").resolve(name + ".png");
      writePair(image, mirror, random);
      images.add(image);
      mirrors.add(mirror);
    }
    Model model = model("resnet20_cifar.akamaster", 4);

    Predictions evaluated =
        Evaluation.of(model).on(Dataset.folder(folder.resolve("images"))).mirrored().run();

    try (Classifier classifier = model.classifier()) {
      for (int i = 0; i < names.size(); i++) {
        int predicted = evaluated.predicted()[i];
        double own = probability(classifier, images.get(i), predicted);
        double other = probability(classifier, mirrors.get(i), predicted);
        assertThat((double) evaluated.probabilities()[i])
            .isCloseTo((own + other) / 2, within(1e-6)); // batches of another size
        assertThat(Math.abs(own - other)).isGreaterThan(1e-4);
      }
    }
  }

  private static double probability(Classifier classifier, Path file, int index)
      throws IOException {
    return classifier.top(file, 4).stream()
        .filter(prediction -> prediction.index() == index)
        .findFirst()
        .orElseThrow()
        .probability();
  }

  private static void writePair(Path image, Path mirror, Random random) throws IOException {
    BufferedImage left = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    BufferedImage right = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int pixel = 0; pixel < 32 * 32; pixel++) {
      int colour = random.nextInt(1 << 24);
      left.setRGB(pixel % 32, pixel / 32, colour);
      right.setRGB(31 - pixel % 32, pixel / 32, colour);
    }
    Files.createDirectories(image.getParent());
    Files.createDirectories(mirror.getParent());
    ImageIO.write(left, "png", image.toFile());
    ImageIO.write(right, "png", mirror.toFile());
  }

  /** Two classes of ImageNet, in the other order than in the model. */
  @Test
  void subsetOfImagenetIsScoredOnItsClassesByWordnetId() throws IOException {
    List<String> ids = List.of("n02504458", "n01443537");
    Random random = new Random(1);
    List<Path> files = new ArrayList<>();
    for (String id : ids) {
      Files.createDirectories(folder.resolve(id));
    }
    for (int i = 0; i < 12; i++) {
      BufferedImage image = new BufferedImage(30, 30, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 900; pixel++) {
        image.setRGB(pixel % 30, pixel / 30, random.nextInt());
      }
      Path file = folder.resolve(ids.get(i % 2)).resolve(i + ".png");
      ImageIO.write(image, "png", file.toFile());
      files.add(file);
    }
    Architecture architecture =
        Architectures.byName("resnet8").with(arch -> arch.input(3, 28, 28).classes(1000));
    Model model =
        Models.create(architecture, 3)
            .with(
                ImagePipeline.of(
                    new Shape(3, 28, 28),
                    Fit.stretch(Interpolation.BILINEAR),
                    Normalization.TORCHVISION))
            .with(Labels.IMAGENET_1K.classes());
    int goldfish = 1;
    int elephant = 386;
    int right = 0;
    try (Classifier classifier = model.classifier()) {
      for (Path file : files) {
        List<Prediction> all = classifier.top(file, 1000);
        int best =
            all.stream()
                .map(Prediction::index)
                .filter(index -> index == goldfish || index == elephant)
                .findFirst()
                .orElseThrow();
        boolean isElephant = file.startsWith(folder.resolve("n02504458"));
        right += best == (isElephant ? elephant : goldfish) ? 1 : 0;
      }
    }

    assertThat(Evaluation.of(model).on(Dataset.folder(folder)).accuracy()).isEqualTo(right / 12.0);
  }

  @Test
  void foldersOfOtherClassesAreRefused() throws IOException {
    variants();
    Model model = model("resnet18.a1_in1k", 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Evaluation.of(model).on(Dataset.folder(folder)).run())
        .withMessageContaining("jpg");
  }
}
