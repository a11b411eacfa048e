package org.resnet4j.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.ImageSource;
import org.resnet4j.support.Digest;

/** A dataset is a user's own folder of images. */
class FolderDatasetTest {
  @TempDir Path root;

  @Test
  void trainAndTestFoldersAreOpened() throws IOException {
    images("train/cat", 3);
    images("train/dog", 2);
    images("test/cat", 1);
    images("test/dog", 1);
    try (OpenDataset train = open(Split.TRAIN);
        OpenDataset test = open(Split.TEST)) {
      assertThat(train.source().classes()).containsExactly("cat", "dog");
      assertThat(train.source().size()).isEqualTo(5);
      assertThat(test.source().classes()).containsExactly("cat", "dog");
      assertThat(test.source().size()).isEqualTo(2);
      assertThat(train.origin())
          .isEqualTo("image folder, " + root.resolve("train") + ": 5 training images");
      assertThat(train.fingerprint()).isNotEqualTo(test.fingerprint());
    }
  }

  @Test
  void valFolderIsAcceptedAsTestSplit() throws IOException {
    images("train/cat", 1);
    images("val/cat", 2);
    try (OpenDataset test = open(Split.TEST)) {
      assertThat(test.source().size()).isEqualTo(2);
    }
  }

  @Test
  void fifthOfEveryClassIsHeldOutForTesting() throws IOException {
    images("cat", 10);
    images("dog", 5);
    images("eel", 2);
    try (OpenDataset train = open(Split.TRAIN);
        OpenDataset test = open(Split.TEST)) {
      assertThat(counts(train.source())).isEqualTo(Map.of("cat", 8, "dog", 4, "eel", 1));
      assertThat(counts(test.source())).isEqualTo(Map.of("cat", 2, "dog", 1, "eel", 1));
      Set<String> seen = pixels(train.source());
      seen.retainAll(pixels(test.source()));
      assertThat(seen).isEmpty();
      assertThat(test.origin())
          .isEqualTo(
              "image folder, "
                  + root
                  + ": 4 test images; a random 20 % of every class is for the test");
    }
  }

  @Test
  void heldOutImagesAreStableAndIndependentOfOtherClasses() throws IOException {
    images("dog", 20);
    Set<String> before;
    try (OpenDataset test = open(Split.TEST)) {
      before = pixels(test.source());
    }
    images("cat", 7);
    try (OpenDataset test = open(Split.TEST)) {
      assertThat(pixels(test.source())).containsAll(before);
    }
  }

  @Test
  void classMayBeNamedTrain() throws IOException {
    images("plane", 2);
    images("train", 2);
    try (OpenDataset test = open(Split.TEST)) {
      assertThat(test.source().classes()).containsExactly("plane", "train");
    }
  }

  @Test
  void fingerprintsOfDifferentFoldersDiffer() throws IOException {
    images("cat", 5);
    String before = fingerprint();
    assertThat(fingerprint()).isEqualTo(before);
    images("cat", 6);
    assertThat(fingerprint()).isNotEqualTo(before);
  }

  @Test
  void splitsWithDifferentClassesAreRefused() throws IOException {
    images("train/cat", 1);
    images("train/dog", 1);
    images("test/cat", 1);
    images("test/eel", 1);
    assertThatIOException()
        .isThrownBy(() -> open(Split.TRAIN))
        .withMessage(
            "%s: expected the same class folders as %s but [eel] are additional and [dog] are missing; make them agree",
            root.resolve("test"), root.resolve("train"));
  }

  @Test
  void missingFoldersAreReported() throws IOException {
    images("train/cat", 1);
    assertThatIOException()
        .isThrownBy(() -> open(Split.TRAIN))
        .withMessage(
            root
                + ": expected a folder test or val beside train but there is neither;"
                + " add one, or put the class folders directly into "
                + root);
    assertThatIOException()
        .isThrownBy(() -> Dataset.folder(root.resolve("none")).open(Split.TRAIN))
        .withMessage("folder: expected a folder of images but there is no " + root.resolve("none"));
  }

  @Test
  void classWithOneImageIsRefused() throws IOException {
    images("cat", 5);
    images("dog", 1);
    assertThatIOException()
        .isThrownBy(() -> open(Split.TRAIN))
        .withMessage(
            root
                + ": expected at least 2 images of class dog, one for training and one for the"
                + " test, but was 1; add images or remove the class");
  }

  private OpenDataset open(Split split) throws IOException {
    return Dataset.of("folder:" + root)
        .in(new DataHome(root.resolve("none"), root.resolve("none")))
        .open(split);
  }

  private String fingerprint() throws IOException {
    try (OpenDataset open = open(Split.TRAIN)) {
      return open.fingerprint();
    }
  }

  /** Writes images that all differ. */
  private void images(String folder, int count) throws IOException {
    Path path = Files.createDirectories(root.resolve(folder));
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
      image.setRGB(0, 0, folder.hashCode());
      image.setRGB(1, 1, i);
      ImageIO.write(image, "png", path.resolve(String.format(Locale.ROOT, "%04d.png", i)).toFile());
    }
  }

  private static Map<String, Integer> counts(ImageSource source) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < source.size(); i++) {
      counts.merge(source.classes().get(source.label(i)), 1, Integer::sum);
    }
    return counts;
  }

  private static Set<String> pixels(ImageSource source) throws IOException {
    Set<String> pixels = new HashSet<>();
    for (int i = 0; i < source.size(); i++) {
      pixels.add(Digest.sha256().add(source.read(i).pixels()).hex());
    }
    return pixels;
  }
}
