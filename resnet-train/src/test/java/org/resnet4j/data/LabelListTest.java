package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.image.DataFormatException;

/** Lists whose images have several labels, or none. */
class LabelListTest {
  @TempDir Path root;

  @BeforeEach
  void files() throws IOException {
    for (String file : List.of("a.png", "b.png", "c.png")) {
      ImageIO.write(
          new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB), "png", root.resolve(file).toFile());
    }
  }

  private Path list(String name, String text) throws IOException {
    return Files.writeString(root.resolve(name), text);
  }

  @ParameterizedTest
  @MethodSource
  void labelsAreRead(String name, String text) throws IOException {
    ImageList list = ImageList.read(list(name, text));
    assertThat(list.isMultiLabel()).isTrue();
    assertThat(list.classes()).containsExactly("cat", "dog");
    FileSource images = list.images("", list.classes());
    assertThat(images.isMultiLabel()).isTrue();
    assertThat(IntStream.range(0, 3).mapToObj(images::path))
        .containsExactly("a.png", "b.png", "c.png");
    assertThat(IntStream.range(0, 3).mapToObj(images::labels))
        .containsExactly(new int[] {0, 1}, new int[0], new int[] {1});
  }

  static Stream<Arguments> labelsAreRead() {
    return Stream.of(
        arguments("bars.csv", "path,label\na.png,dog|cat\nb.png,\nc.png,dog\n"),
        arguments("bar.csv", "path,label\na.png,cat | dog\nb.png,|\nc.png,dog|dog|\n"),
        arguments("headless.tsv", "a.png\tcat|dog\nb.png\t\nc.png\tdog\n"),
        arguments(
            "chest.csv",
            """
            Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],
            a.png,cat|dog,1,1,58,M,PA,2894,2729,0.143,0.143,
            b.png,,2,1,58,M,PA,2500,2048,0.168,0.168,
            c.png,dog,0,2,81,M,PA,2500,2048,0.171,0.171,
            """),
        arguments("columns.csv", "image_id,cat,dog\na.png,1,1\nb.png,0,0\nc.png,0,1\n"),
        arguments("celeba.csv", "image_id,cat,dog\na.png,1,1\nb.png,-1,-1\nc.png,-1,1\n"),
        arguments("pandas.csv", "file,cat,dog\na.png,True,1.0\nb.png,False,0.0\nc.png,0,1\n"),
        arguments(
            "split.csv", "cat,path,split,dog\n1,a.png,train,1\n0,b.png,train,0\n0,c.png,test,1\n"));
  }

  @Test
  void columnsKeepTheirOrder() throws IOException {
    ImageList list = ImageList.read(list("a.csv", "path,dog,cat\na.png,0,1\nb.png,1,0\n"));
    assertThat(list.classes()).containsExactly("dog", "cat");
    assertThat(list.images("", list.classes()).labels(0)).containsExactly(1);
    assertThat(list.images("", List.of("cat", "dog")).labels(0)).containsExactly(0);
  }

  @ParameterizedTest
  @MethodSource
  void othersAreRefusedWithTheirLine(String text, String message) throws IOException {
    Path list = list("a.csv", text);
    assertThatThrownBy(() -> ImageList.read(list))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(list + ": " + message);
  }

  static Stream<Arguments> othersAreRefusedWithTheirLine() {
    return Stream.of(
        arguments(
            "path,cat,age\na.png,1,1\nb.png,1,63\n",
            "line 3: expected 0 or 1 in the column \"age\" but was \"63\"; remove columns that are no labels, or name the column of labels \"label\""),
        arguments(
            "path,cat,dog\na.png,1,0\nb.png,1,-1\n",
            "line 3: expected 0 and 1, or -1 and 1, but there is 0 in line 2 and -1 in line 3; replace what is uncertain by 0 or 1"),
        arguments(
            "path,cat,\na.png,1,0\n",
            "line 1: expected the name of a label for column 3 but was \"\"; name it, or remove the column"),
        arguments(
            "path,cat,cat\na.png,1,0\n",
            "line 1: expected one column for the label cat but there are two; remove one"),
        arguments(
            "path,label\na.png,cat|dog\na.png,cat\n",
            "expected one label for a.png but it is cat|dog in line 2 and cat in line 3; remove one of the lines"),
        arguments(
            "path,label,split\na.png,cat|dog,train\nb.png,cat|cow,test\n",
            "line 3: expected a label that training images have but was cow; add some or remove the line"),
        arguments(
            "path,label\na.png,cat\nb.png,\n",
            "line 3: expected a path and a label but one is empty; add it or remove the line"));
  }

  @Test
  void batchesAreMultiHotAndSmoothedAsByTimm() throws IOException {
    ImageList list = ImageList.read(list("a.csv", "path,label\na.png,dog|cat\nb.png,|\nc.png,dog"));
    FileSource images = list.images("", list.classes());
    try (Batches plain = Batches.of(images).build();
        Batches smoothed = Batches.of(images).smoothing(0.1).build()) {
      assertThat(plain.next().getLabels().toFloatMatrix())
          .isDeepEqualTo(new float[][] {{1, 1}, {0, 0}, {0, 1}});
      // timm's BinaryCrossEntropy(smoothing=0.1): on 1 − 0.1 + 0.1/2, off 0.1/2.
      assertThat(smoothed.next().getLabels().toFloatMatrix())
          .isDeepEqualTo(new float[][] {{0.95f, 0.95f}, {0.05f, 0.05f}, {0.05f, 0.95f}});
    }
  }

  @Test
  void whatNeedsOneLabelAnImageIsRefused() throws IOException {
    ImageList list = ImageList.read(list("a.csv", "path,label\na.png,dog|cat\nb.png,|\nc.png,dog"));
    FileSource images = list.images("", list.classes());
    assertThatThrownBy(() -> Batches.of(images).shuffle(1).balanced().build())
        .hasMessage(
            "balance: expected one label an image for classes that are drawn equally often, but images have several; set balance=NONE");
    assertThatThrownBy(() -> Subset.firstOfEachClass(images, 5))
        .hasMessage(
            "images per class: expected 0, for all images, where an image has several labels, but was 5; set imagesPerClass=0");
    assertThatThrownBy(() -> images.label(0)).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void randomSplitKeepsAShareOfTheRarestLabels() throws IOException {
    StringBuilder text = new StringBuilder("path,common,rare,single\n");
    byte[] png = Files.readAllBytes(root.resolve("a.png"));
    for (int i = 0; i < 40; i++) {
      Files.write(root.resolve(i + ".png"), png);
      text.append("%s.png,%s,%s,%s\n".formatted(i, i < 30 ? 1 : 0, i < 5 ? 1 : 0, i == 35 ? 1 : 0));
    }
    Dataset set = Dataset.of(list("a.csv", text.toString()).toString());
    try (OpenDataset train = set.open(Split.TRAIN);
        OpenDataset test = set.open(Split.TEST)) {
      // Of 5 rare, 25 common alone, 1 single and 9 without a label: 1, 5, 0 and 2.
      assertThat(test.source().size()).isEqualTo(8);
      assertThat(train.source().size()).isEqualTo(32);
      assertThat(counts(test.source())).containsExactly(6, 1, 0);
      assertThat(counts(train.source())).containsExactly(24, 4, 1);
      List<String> names = new ArrayList<>(names(test.source()));
      names.retainAll(names(train.source()));
      assertThat(names).isEmpty();
      assertThat(test.fingerprint()).isEqualTo(train.fingerprint());
    }
    String before = fingerprint(set);
    assertThat(fingerprint(set)).isEqualTo(before);
    list("a.csv", text.toString().replace("39.png,0,0,0", "39.png,0,0,1"));
    assertThat(fingerprint(set)).isNotEqualTo(before);
  }

  private static String fingerprint(Dataset set) throws IOException {
    try (OpenDataset whole = set.whole()) {
      return whole.fingerprint();
    }
  }

  private static List<String> names(ImageSource source) {
    return IntStream.range(0, source.size()).mapToObj(source::name).toList();
  }

  private static int[] counts(ImageSource source) {
    int[] counts = new int[source.classes().size()];
    IntStream.range(0, source.size())
        .flatMap(i -> Arrays.stream(source.labels(i)))
        .forEach(label -> counts[label]++);
    return counts;
  }

  @Test
  void copiesWithOtherLabelsAreFound() throws IOException {
    ImageList list = ImageList.read(list("a.csv", "path,label\na.png,dog|cat\nb.png,|\nc.png,dog"));
    FileSource images = list.images("", list.classes());
    ImageFindings found = ImageCheck.of(images.select(0, 1), images.select(2)).run();
    assertThat(found.warnings())
        .contains(
            "1 images have copies with other labels; keep one of each: %s = %s"
                .formatted(images.name(0), images.name(1)));
  }

  @Test
  void listsWithoutLabelsAreRefused() throws IOException {
    Path list = list("none.csv", "path,label\na.png,|\nb.png,\nc.png,|\n");
    assertThatThrownBy(() -> ImageList.read(list))
        .isInstanceOf(DataFormatException.class)
        .hasMessageContaining("none.csv: expected at least one label but no image has any");
  }

  @Test
  void imagesOfWhichNoneCanBeForTheTestAreRefused() throws IOException {
    ImageList list =
        ImageList.read(list("rare.csv", "path,label\na.png,x|p\nb.png,x|q\nc.png,x|r\n"));
    FileSource whole = list.images("", list.classes());
    assertThatThrownBy(() -> HeldOut.USUAL.select(whole, true))
        .isInstanceOf(DataFormatException.class)
        .hasMessageContaining("expected images whose rarest labels are those of others too");
  }
}
