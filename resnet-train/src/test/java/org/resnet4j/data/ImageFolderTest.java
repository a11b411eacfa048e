package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.ImageFiles;

final class ImageFolderTest {
  @TempDir Path root;

  @Test
  void classesAndImagesAreNumberedByName() throws IOException {
    put("rgb.png", "zebra/b.png");
    put("gray.png", "zebra/a 1%20#.PNG");
    put("rgb420.jpg", "ant/c.jpeg");
    Files.write(root.resolve("ant/.hidden"), new byte[3]);
    Files.write(root.resolve(".hidden"), new byte[3]);
    try (ImageSource source = ImageFolder.open(root)) {
      assertThat(source.classes()).containsExactly("ant", "zebra");
      assertThat(IntStream.range(0, source.size()).map(source::label)).containsExactly(0, 1, 1);
      assertThat(source.read(0).shape()).isEqualTo(new Shape(3, 18, 21));
      assertThat(source.read(1).pixels()[0]).isEqualTo(source.read(1).pixels()[18 * 21]);
      assertThat(source.read(2).pixels()).isNotEqualTo(source.read(1).pixels());
    }
  }

  @Test
  void classNamesMayUseAnyLetters() throws IOException {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")),
        "file names are not in UTF-8 here; set LC_ALL=C.UTF-8");
    put("rgb.png", "b\u00e4r/\u718a.png");
    try (ImageSource source = ImageFolder.open(root)) {
      assertThat(source.classes()).containsExactly("b\u00e4r");
      assertThat(source.read(0).shape()).isEqualTo(new Shape(3, 18, 21));
    }
  }

  @Test
  void testFolderUsesTheLabelsOfItsTrainingFolder() throws IOException {
    put("rgb.png", "zebra/b.png");
    try (ImageSource source = ImageFolder.open(root, List.of("ant", "zebra"))) {
      assertThat(source.label(0)).isEqualTo(1);
    }
    assertThatThrownBy(() -> ImageFolder.open(root, List.of("ant", "bee")))
        .isInstanceOf(DataFormatException.class)
        .hasMessage(
            root.resolve("zebra") + ": expected one of the class folders [ant, bee]; move it away");
  }

  @Test
  void missingFolderIsRefusedAndNotCreated() {
    Path missing = root.resolve("missing");
    assertThatThrownBy(() -> ImageFolder.open(missing))
        .hasMessage(missing + ": expected a folder but there is none; name one that exists");
    assertThat(missing).doesNotExist();
  }

  @Test
  void folderWithoutClassesIsRefused() throws IOException {
    put("rgb.png", "b.png");
    assertThatThrownBy(() -> ImageFolder.open(root))
        .hasMessage(
            root
                + ": expected a folder of images for every class but there is no folder in it; put"
                + " images into "
                + root.resolve("CLASS"));
  }

  @Test
  void emptyClassIsRefused() throws IOException {
    put("rgb.png", "ant/b.png");
    Path empty = Files.createDirectory(root.resolve("bee"));
    assertThatThrownBy(() -> ImageFolder.open(root))
        .hasMessage(
            empty
                + ": expected at least one image but the folder is empty; put images into it or"
                + " remove it");
  }

  @Test
  void otherFilesAreSkippedAndCounted() throws IOException {
    put("rgb.png", "ant/b.png");
    put("rgb.png", "ant/half.png.part");
    put("rgb.png", "stray.png");
    for (String other :
        List.of("ant/Thumbs.db", "ant/notes.txt", "ant/desktop.ini", "labels.csv", "README")) {
      Files.writeString(root.resolve(other), "BM is no bitmap");
    }
    Files.createDirectory(root.resolve("__MACOSX"));
    Files.write(Files.createDirectory(root.resolve("ant/@eaDir")).resolve("b.png"), new byte[3]);
    try (FileSource source = ImageFolder.open(root)) {
      assertThat(paths(source)).containsExactly("ant/b.png");
      assertThat(source.others()).startsWith("8 other files skipped, such as ");
    }
  }

  @Test
  void classWithoutImagesAmongItsFilesIsRefused() throws IOException {
    put("rgb.png", "ant/b.png");
    Path bee = Files.createDirectory(root.resolve("bee"));
    Files.writeString(bee.resolve("Thumbs.db"), "x");
    assertThatThrownBy(() -> ImageFolder.open(root))
        .hasMessage(
            bee
                + ": expected at least one image but none of its files is one; put images into it"
                + " or remove it");
  }

  @Test
  void imagesWithOtherEndingsOrNoneAreFoundByTheirContent() throws IOException {
    put("rgb.png", "ant/b");
    put("rgb420.jpg", "ant/c.dat");
    Files.write(
        root.resolve("ant/d.bin"),
        new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c'});
    try (FileSource source = ImageFolder.open(root)) {
      assertThat(paths(source)).containsExactly("ant/b", "ant/c.dat", "ant/d.bin");
      assertThat(source.read(1).shape()).isEqualTo(new Shape(3, 18, 21));
      assertThatThrownBy(() -> source.read(2)).hasMessageContaining("but it is HEIC");
    }
  }

  /** The order is {@code sorted(os.walk(folder))} of torchvision 0.14's make_dataset. */
  @Test
  void foldersWithinClassesAreSearchedInTheOrderOfTorchvision() throws IOException {
    for (String image : List.of("2020/x/b", "2020/a", "2020-b/c", "z", "A/z")) {
      put("rgb.png", "ant/" + image + ".png");
    }
    try (FileSource source = ImageFolder.open(root)) {
      assertThat(paths(source))
          .containsExactly(
              "ant/z.png", "ant/2020/a.png", "ant/2020-b/c.png", "ant/2020/x/b.png", "ant/A/z.png");
      assertThat(source.classes()).containsExactly("ant");
    }
  }

  @Test
  void classesNamedByNumbersAreInTheOrderOfTheirValues() throws IOException {
    for (int i = 0; i < 12; i++) {
      put("rgb.png", i + "/a.png");
    }
    assertThat(ImageFolder.classes(root))
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11");
    put("rgb.png", "x/a.png");
    assertThat(ImageFolder.classes(root)).startsWith("0", "1", "10", "11", "2");
  }

  @Test
  void decomposedAccentIsTheClassWithTheComposedOne() throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")));
    put("rgb.png", "e\u0301te\u0301/a.png");
    try (FileSource source = ImageFolder.open(root, List.of("hund", "\u00e9t\u00e9"))) {
      assertThat(source.label(0)).isEqualTo(1);
      assertThat(source.read(0).shape()).isEqualTo(new Shape(3, 18, 21));
    }
  }

  @Test
  void fileThatIsNoImageIsRefusedByName() throws IOException {
    Files.createDirectory(root.resolve("ant"));
    Path text = Files.writeString(root.resolve("ant/a.jpg"), "text");
    try (ImageSource source = ImageFolder.open(root)) {
      assertThatThrownBy(() -> source.read(0))
          .isInstanceOf(DataFormatException.class)
          .hasMessage(
              text
                  + ": expected a JPEG, PNG, BMP, GIF or WebP image but it starts with 74 65 78 74; save"
                  + " it again as JPEG or PNG, or remove it");
    }
  }

  @Test
  @Timeout(20)
  void linksAreFollowedAndCircularOnesRefused() throws Exception {
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    Path data = Files.createDirectory(root.resolve("data"));
    put("rgb.png", "elsewhere/b.png");
    put("rgb420.jpg", "data/bee/a.jpg");
    Files.createSymbolicLink(data.resolve("ant"), elsewhere);
    Files.createSymbolicLink(data.resolve("bee/c.png"), elsewhere.resolve("b.png"));
    try (ImageSource source = ImageFolder.open(data)) {
      assertThat(source.classes()).containsExactly("ant", "bee");
      assertThat(IntStream.range(0, source.size()).map(source::label)).containsExactly(0, 1, 1);
      assertThat(source.read(2).pixels()).isEqualTo(source.read(0).pixels());
      assertThat(source.name(1)).isEqualTo(data.resolve("bee/a.jpg").toString());
    }
    Path loop = Files.createSymbolicLink(data.resolve("loop"), data);
    assertThatThrownBy(() -> ImageFolder.open(data))
        .hasMessageEndingWith(
            ": expected a folder but the link leads back above itself; remove the link");
    Files.delete(loop);
    Path gone = Files.createSymbolicLink(data.resolve("bee/d.png"), Path.of("nowhere"));
    assertThatThrownBy(() -> ImageFolder.open(data))
        .hasMessage(
            gone
                + ": expected a link that can be followed but nowhere cannot be opened; repair the"
                + " link or remove it");
    Files.delete(gone);
    Path lost = Files.createSymbolicLink(data.resolve("cat"), Path.of("cat"));
    assertThatThrownBy(() -> ImageFolder.open(data))
        .hasMessageStartingWith(lost + ": expected a link");
    Files.delete(lost);
    Path pipe = data.resolve("bee/pipe.png");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    assertThatThrownBy(() -> ImageFolder.open(data))
        .hasMessageStartingWith(pipe + ": expected a regular file");
  }

  private static List<String> paths(FileSource source) {
    return IntStream.range(0, source.size()).mapToObj(source::path).toList();
  }

  private void put(String image, String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    try (InputStream in = ImageFiles.class.getResourceAsStream("pillow/" + image)) {
      if (in == null) {
        throw new AssertionError(image + " is missing; run src/test/python/pillow_goldens.py");
      }
      Files.copy(in, file);
    }
  }
}
