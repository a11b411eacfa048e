package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.image.DataFormatException;

class ImageListTest {
  @TempDir Path root;

  @BeforeEach
  void files() throws IOException {
    Files.createDirectory(root.resolve("cat"));
    for (String file : List.of("cat/a.png", "cat/b, \"c\".png", "d.png")) {
      Files.write(root.resolve(file), new byte[1]);
    }
  }

  @ParameterizedTest
  @MethodSource
  void rowsAreRead(String name, String text) throws IOException {
    ImageList list = list(name, text);
    assertThat(list.classes()).containsExactly("cat", "dog");
    FileSource images = list.images("", list.classes());
    assertThat(IntStream.range(0, images.size()).mapToObj(images::path))
        .containsExactly("cat/a.png", "d.png");
    assertThat(IntStream.range(0, 2).map(images::label)).containsExactly(0, 1);
  }

  static Stream<Arguments> rowsAreRead() {
    return Stream.of(
        arguments("header.csv", "path,label\ncat/a.png,cat\nd.png,dog\n"),
        arguments("windows.csv", "\uFEFFpath,label\r\ncat/a.png,cat\r\nd.png,dog"),
        arguments("old-mac.csv", "path,label\rcat/a.png,cat\rd.png,dog\r"),
        arguments("excel.csv", "Label;File Name;note\ncat;cat/a.png;\n dog ;d.png; a, b"),
        arguments("tabs.csv", "path\tlabel\ncat/a.png\tcat\nd.png\tdog"),
        arguments("list.tsv", "image_path\tx,y\tCLASS\ncat/a.png\t1\tcat\nd.png\t2\tdog\n"),
        arguments("none.csv", "cat/a.png,cat\n\n   \nd.png,dog\n"),
        arguments("label-first.csv", "cat,cat/a.png\ndog,d.png\n"),
        arguments("quoted.csv", "\"path\",\"label\"\n\"cat/a.png\" , \"cat\"\n\"d.png\",dog\n"));
  }

  @Test
  void quotedCellsHoldSeparatorsQuotesAndLines() throws IOException {
    ImageList list =
        list("a.csv", "path,label,note\n\"cat/b, \"\"c\"\".png\",\"big, red\",\"two\nlines\"\n");
    FileSource images = list.images("", list.classes());
    assertThat(images.path(0)).isEqualTo("cat/b, \"c\".png");
    assertThat(images.classes()).containsExactly("big, red");
  }

  @Test
  void splitsAreThoseOfTheColumn() throws IOException {
    ImageList list =
        list(
            "a.csv",
            "path,label,split\ncat/a.png,10,Train\nd.png,9,training\n\"cat/b, \"\"c\"\".png\",9,validation\n");
    assertThat(list.splits()).containsExactlyInAnyOrder("train", "val");
    assertThat(list.classes()).containsExactly("9", "10");
    assertThat(list.images("train", list.classes()).size()).isEqualTo(2);
    assertThat(list.images("val", list.classes()).label(0)).isEqualTo(0);
  }

  @Test
  void absolutePathsAreFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(root.resolve("lists"));
    Path list = elsewhere.resolve("a.csv");
    Files.writeString(list, "path,label\n" + root.resolve("d.png") + ",dog\n../cat/a.png,cat\n");
    FileSource images = ImageList.read(list).images("", List.of("cat", "dog"));
    assertThat(images.file(1)).contains(root.resolve("d.png"));
    assertThat(images.file(0)).contains(elsewhere.resolve("../cat/a.png"));
  }

  @ParameterizedTest
  @MethodSource
  void othersAreRefusedWithTheirLine(String text, String message) {
    assertThatThrownBy(() -> list("a.csv", text))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(
            (root.resolve("a.csv") + ": " + message).replace("ROOT", root.toAbsolutePath() + ""));
  }

  static Stream<Arguments> othersAreRefusedWithTheirLine() {
    String longCell = "x".repeat((1 << 15) + 1);
    return Stream.of(
        arguments("", "expected paths and labels but it is empty; add a line for each image"),
        arguments("\n \n", "expected paths and labels but it is empty; add a line for each image"),
        arguments(
            "path,label\n",
            "expected at least one image but there are only the names of columns; add some"),
        arguments(
            "id,breed\na,b\n",
            "line 1: expected the columns path and label, or a file that exists and its label, but"
                + " it has [id, breed]; name the columns in the first line"),
        arguments(
            "path,file,label\n",
            "line 1: expected one column such as path but there are path and file; rename one"),
        arguments(
            "path,label\nd.png,dog,x\n",
            "line 2: expected 2 cells but there are 3; quote cells that contain the separator"),
        arguments(
            "path,label\n\nd.png,\n",
            "line 3: expected a path and a label but one is empty; add it or remove the line"),
        arguments(
            "path,label\nd.png,\"dog\n",
            "line 2: expected a closing quote but the file ends; add it"),
        arguments(
            "path,label\nd.png,\"dog\"s\n",
            "line 2: expected the end of a cell after its closing quote but there is more text"),
        arguments(
            "path,label\nd\".png,dog\n",
            "line 2: expected a quote only around a whole cell; double it and quote the cell"),
        arguments(
            "path,label\n" + longCell + ",dog\n",
            "line 2: expected cells of at most 32768 characters"),
        arguments(
            ",".repeat(1000),
            "line 1: expected at most 1000 columns but there are more; write several labels in one cell, with bars between"),
        arguments(
            "path,label\nd.png,\"a\nb\"\n",
            "line 2: expected a label without control characters but it is a\\u000ab"),
        arguments(
            "path,label,split\nd.png,dog,later\n",
            "line 2: expected the split train, val or test but was \"later\""),
        arguments(
            "path,label,split\nd.png,dog,train\ncat/a.png,cat,test\n",
            "line 3: expected a label that training images have but was cat; add some or remove the"
                + " line"),
        arguments(
            "path,label\nd.png,dog\ncat/a.png,cat\nd.png,cat\n",
            "expected one label for d.png but it is dog in line 2 and cat in line 4; remove one, or"
                + " write both in one line with a bar between"),
        arguments(
            "path,label\nd.png,dog\ne.png,dog\nf.png,dog\n../g.png,dog\n\0,dog\n",
            "expected files, absolute or relative to ROOT, but 4 of 5 are missing: e.png (line 3),"
                + " f.png (line 4), ../g.png (line 5), …"));
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    Path list = root.resolve("a.csv");
    Files.write(list, "path,label\nd.png,\u00e9t\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ImageList.read(list))
        .hasMessageStartingWith(list + ": line ")
        .hasMessageEndingWith(": expected text in UTF-8 but it has other bytes; save it as UTF-8");
    Files.write(list, "path,label\nd.png,a\n".getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> ImageList.read(list))
        .hasMessageContaining("expected text in UTF-8 but it has other bytes");
  }

  @Test
  void manyBlankLinesAreRead() throws IOException {
    assertThat(list("a.csv", "path,label\n" + "  \n".repeat(200_000) + "d.png,dog").classes())
        .containsExactly("dog");
  }

  private ImageList list(String name, String text) throws IOException {
    return ImageList.read(Files.writeString(root.resolve(name), text));
  }
}
