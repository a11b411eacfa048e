package org.resnet4j.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.FileSource;
import org.resnet4j.data.HeldOut;
import org.resnet4j.support.Digest;

/** The user's own images are opened by split, or whole outside of training. */
class DatasetTest {
  @TempDir Path root;

  @Test
  void textsNameDatasetsFoldersAndLists() throws IOException {
    Path list = Files.writeString(root.resolve("a.csv"), "");
    assertThat(Dataset.of("cifar10").toString()).isEqualTo("cifar10");
    assertThat(Dataset.of("cifar10:" + root).toString()).isEqualTo("cifar10:" + root);
    assertThat(Dataset.of("folder:" + root).toString()).isEqualTo("folder:" + root);
    assertThat(Dataset.of(root.toString()).toString()).isEqualTo("folder:" + root);
    assertThat(Dataset.of(list.toString()).toString()).isEqualTo("list:" + list);
    assertThat(Dataset.of("list:" + list).spec().name()).isEqualTo("list");
  }

  @Test
  void othersAreRefused() throws IOException {
    Path zip = Files.writeString(root.resolve("a.zip"), "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of(root + "/none"))
        .withMessage(
            "dataset: expected a folder or a list of images but there is no " + root + "/none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of(zip.toString()))
        .withMessage(
            "dataset: expected a folder of class folders, or a list that ends in .csv or .tsv, but"
                + " was the file "
                + zip);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of("cifar11"))
        .withMessageStartingWith("unknown dataset \"cifar11\"; the nearest are [cifar10")
        .withMessageEndingWith("; and there is no folder cifar11");
    Files.createDirectory(root.resolve("photos"));
    Files.createDirectory(root.resolve(".foto"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.of(root + "/foto"))
        .withMessageEndingWith("/foto; did you mean " + root.resolve("photos") + "?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.named("list"))
        .withMessage(
            "dataset: expected list:FILE but was \"list\"; FILE is what holds your images");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.named("cifar10").without(List.of("a.png")))
        .withMessage(
            "cifar10: expected a folder or a list of images for files to leave out but it has"
                + " official splits; leave it out");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Dataset.folder(root).split(1, 0))
        .withMessageContaining("above 0 and below 1 but was 1.0");
  }

  /** The images are those that releases before this class kept; runs of theirs can be resumed. */
  @Test
  void usualSplitAndFingerprintAreThoseOfOlderRuns() throws IOException {
    images("cat", 10);
    images("dog", 7);
    Dataset set = Dataset.folder(root);
    assertThat(paths(set.open(Split.TEST)))
        .containsExactly("cat/0004.png", "cat/0008.png", "dog/0001.png");
    StringBuilder listing = new StringBuilder();
    for (String name : List.of("cat", "dog")) {
      for (int i = 0; i < (name.equals("cat") ? 10 : 7); i++) {
        listing.append(String.format(Locale.ROOT, "%d %s/%04d.png%n", i + 1, name, i));
      }
    }
    String sum = Digest.sha256().add(listing.toString().getBytes(StandardCharsets.UTF_8)).hex();
    assertThat(set.open(Split.TEST).fingerprint()).isEqualTo(sum);
    assertThat(set.open(Split.TRAIN).fingerprint()).isEqualTo(sum);
    assertThat(set.open(Split.TEST).heldOut()).isNull();
    assertThat(paths(set.split(0.2, 0).open(Split.TEST))).isEqualTo(paths(set.open(Split.TEST)));
    Files.writeString(root.resolve("cat/Thumbs.db"), "x");
    assertThat(set.open(Split.TEST).fingerprint()).isEqualTo(sum);
  }

  @Test
  void otherSplitsAreStratifiedAndHaveTheirOwnFingerprint() throws IOException {
    images("cat", 10);
    images("dog", 7);
    Dataset set = Dataset.folder(root).split(0.35, 5);
    OpenDataset train = set.open(Split.TRAIN);
    OpenDataset test = set.open(Split.TEST);
    assertThat(labels(test)).containsExactly(0, 0, 0, 0, 1, 1);
    assertThat(labels(train)).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1);
    assertThat(paths(train)).doesNotContainAnyElementsOf(paths(test));
    assertThat(test.heldOut()).isEqualTo(new HeldOut(0.35, 5));
    assertThat(test.fingerprint())
        .isEqualTo(train.fingerprint())
        .isNotEqualTo(Dataset.folder(root).open(Split.TEST).fingerprint())
        .isNotEqualTo(Dataset.folder(root).split(0.35, 6).open(Split.TEST).fingerprint());
    assertThat(test.origin())
        .endsWith("6 test images; a random 35 % of every class is for the test");
  }

  /** The embedded part of Fashion-MNIST has 3,000 training images a class; 10 % of them are 300. */
  @Test
  void trainingImagesOfAnOfficialSplitAreDividedAndItsTestImagesAreLeftAlone() throws IOException {
    Dataset official = Dataset.named("fashion-mnist").in(new DataHome(root, root));
    Dataset set = official.split(0.1, 0);
    try (OpenDataset whole = official.open(Split.TRAIN);
        OpenDataset train = set.open(Split.TRAIN);
        OpenDataset kept = set.open(Split.TEST);
        OpenDataset test = set.whole()) {
      assertThat(train.source().size()).isEqualTo(27_000);
      assertThat(kept.source().size()).isEqualTo(3_000);
      assertThat(labels(kept).stream().filter(label -> label == 7)).hasSize(300);
      Set<String> both = names(train);
      both.addAll(names(kept));
      assertThat(both).hasSize(30_000).isEqualTo(names(whole));
      assertThat(kept.heldOut()).isEqualTo(new HeldOut(0.1, 0));
      assertThat(kept.fingerprint())
          .isEqualTo(train.fingerprint())
          .isNotEqualTo(whole.fingerprint());
      assertThat(kept.origin())
          .endsWith(
              "30,000 of 60,000 training images, of which a random 10 % of every class is for the"
                  + " test: 3,000 test images");
      assertThat(test.source().size()).isEqualTo(10_000);
      assertThat(test.heldOut()).isNull();
    }
  }

  /** A run on such a split is evaluated on the official test images. */
  @Test
  void imagesThatNoRunHasSeenAreTheOfficialOnes() throws IOException {
    Dataset official = Dataset.named("fashion-mnist").in(new DataHome(root, root));
    try (OpenDataset kept = official.split(0.2, 0).open(Split.TEST);
        OpenDataset unseen =
            official
                .as(kept.source().classes(), kept.heldOut(), List.of())
                .unseen(kept.fingerprint(), kept.fingerprint())) {
      assertThat(kept.heldOut()).isEqualTo(HeldOut.USUAL);
      assertThat(unseen.origin()).endsWith("10,000 test images");
    }
  }

  @Test
  void flatFolderIsUsedWholeOutsideOfTraining() throws IOException {
    images("cat", 10);
    images("dog", 1);
    OpenDataset whole = Dataset.folder(root).whole();
    assertThat(whole.source().size()).isEqualTo(11);
    assertThat(whole.origin()).isEqualTo("image folder, " + root + ": 11 images");
  }

  @Test
  void trainingUsesTheValidationImagesAndEvaluationsThoseOfTheTest() throws IOException {
    images("Training/cat", 3);
    images("Training/dog", 2);
    images("valid/cat", 4);
    Dataset set = Dataset.folder(root);
    assertThat(set.whole().source().size()).isEqualTo(4);
    assertThat(set.whole().source().classes()).containsExactly("cat", "dog");
    assertThat(set.open(Split.TRAIN).source().size()).isEqualTo(5);
    images("test/dog", 6);
    assertThat(set.whole().source().size()).isEqualTo(6);
    assertThat(set.open(Split.TEST).source().size()).isEqualTo(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> set.split(0.2, 0).open(Split.TEST))
        .withMessageContaining("expected no folders Training and valid");
  }

  @Test
  void splitsAreNeverTakenForClasses() throws IOException {
    images("Test/cat", 3);
    images("val/cat", 3);
    assertThatIOException()
        .isThrownBy(() -> Dataset.folder(root).open(Split.TRAIN))
        .withMessage(
            root
                + ": expected folders of classes, or train and test with them, but it has only"
                + " [Test, val]; name the folder whose folders are the classes, or make them"
                + " complete");
    assertThat(Dataset.folder(root).whole().source().classes()).containsExactly("cat");
  }

  @Test
  void dataOfARunIsEvaluatedOnWhatTheRunKept() throws IOException {
    images("cat", 10);
    images("dog", 10);
    Dataset set = Dataset.folder(root).split(0.3, 1);
    OpenDataset kept = set.open(Split.TEST);
    String sum = kept.fingerprint();
    assertThat(paths(set.unseen(sum, sum))).isEqualTo(paths(kept));
    assertThat(set.unseen("another", "another").source().size()).isEqualTo(20);

    // A run on train and test has two fingerprints; its test folder alone is used whole.
    OpenDataset flat = Dataset.folder(root).open(Split.TEST);
    assertThat(Dataset.folder(root).unseen("of train", flat.fingerprint()).source().size())
        .isEqualTo(20);
  }

  @Test
  void imagesAreLeftOutOfTheirSplitAlone() throws IOException {
    images("cat", 10);
    images("dog", 10);
    OpenDataset before = Dataset.folder(root).open(Split.TEST);
    String out = Dataset.folder(root).relative(before.source().file(0).orElseThrow());
    assertThat(out).isEqualTo("cat/0004.png");
    Dataset set = Dataset.folder(root).without(List.of(out));
    OpenDataset test = set.open(Split.TEST);
    assertThat(paths(test)).isEqualTo(paths(before).subList(1, 4));
    assertThat(test.leftOut()).containsExactly(out);
    assertThat(test.origin()).contains(": 3 test images; ").endsWith("; 1 left out");
    assertThat(test.fingerprint()).isEqualTo(before.fingerprint());
    assertThat(set.open(Split.TRAIN).leftOut()).isEmpty();
    assertThat(set.open(Split.TRAIN).source().size()).isEqualTo(16);
  }

  @Test
  void classesAreNumberedAsARunNumberedThem() throws IOException {
    for (int i = 0; i < 11; i++) {
      images(String.valueOf(i), 2);
    }
    List<String> asText = IntStream.range(0, 11).mapToObj(String::valueOf).sorted().toList();
    OpenDataset test = Dataset.folder(root).as(asText, null, List.of()).open(Split.TEST);
    assertThat(test.source().classes()).isEqualTo(asText);
    assertThat(test.source().name(2)).contains("/10/");
    assertThat(
            Dataset.folder(root)
                .as(List.of("x"), null, List.of())
                .open(Split.TEST)
                .source()
                .classes())
        .startsWith("0", "1", "2");
    assertThat(Dataset.folder(root).open(Split.TEST).fingerprint()).isEqualTo(test.fingerprint());
  }

  @Test
  void listsAreSplitLikeFolders() throws IOException {
    images("files", 20);
    StringBuilder text = new StringBuilder("path,label\n");
    for (int i = 0; i < 20; i++) {
      text.append(
          String.format(Locale.ROOT, "files/%04d.png,%s%n", i, i % 2 == 0 ? "even" : "odd"));
    }
    Path list = Files.writeString(root.resolve("a.csv"), text);
    Dataset set = Dataset.list(list);
    assertThat(labels(set.open(Split.TEST))).containsExactly(0, 0, 1, 1);
    assertThat(set.open(Split.TRAIN).source().size()).isEqualTo(16);
    assertThat(set.whole().source().size()).isEqualTo(20);
    String before = set.whole().fingerprint();
    Files.writeString(list, text.toString().replace("0001.png,odd", "0001.png,even"));
    assertThat(set.whole().fingerprint()).isNotEqualTo(before);

    Files.writeString(
        list,
        "path,label,split\nfiles/0000.png,a,train\nfiles/0001.png,b,train\nfiles/0002.png,b,val");
    assertThat(set.open(Split.TRAIN).source().size()).isEqualTo(2);
    assertThat(paths(set.open(Split.TEST))).containsExactly("files/0002.png");
    assertThat(set.whole().source().classes()).containsExactly("a", "b");
    assertThatThrownBy(() -> set.split(0.5, 0).open(Split.TRAIN))
        .hasMessageContaining("expected no column of splits");
    Files.writeString(list, "path,label,split\nfiles/0000.png,a,train\n");
    assertThatThrownBy(() -> set.open(Split.TEST))
        .hasMessageContaining("there are only those of [train]");
  }

  private static List<String> paths(OpenDataset open) {
    FileSource source = (FileSource) open.source();
    return IntStream.range(0, source.size()).mapToObj(source::path).toList();
  }

  private static Set<String> names(OpenDataset open) {
    return IntStream.range(0, open.source().size())
        .mapToObj(open.source()::name)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<Integer> labels(OpenDataset open) {
    return IntStream.range(0, open.source().size()).map(open.source()::label).boxed().toList();
  }

  /** Writes files of 1, 2, … bytes; their content does not matter. */
  private void images(String folder, int count) throws IOException {
    Path path = Files.createDirectories(root.resolve(folder));
    for (int i = 0; i < count; i++) {
      Files.write(path.resolve(String.format(Locale.ROOT, "%04d.png", i)), new byte[i + 1]);
    }
  }
}
