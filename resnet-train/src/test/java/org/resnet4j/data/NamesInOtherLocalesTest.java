package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Java with {@code LC_ALL=C} cannot tell apart class folders whose names have accents. */
@Timeout(60)
class NamesInOtherLocalesTest {
  @TempDir Path root;

  /** Prints the number of classes, or why there are none. */
  static final class Program {
    public static void main(String[] arguments) throws IOException {
      try (FileSource source = ImageFolder.open(Path.of(arguments[0]))) {
        System.out.println(source.classes().size() + " classes, " + source.size() + " images");
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @BeforeEach
  void requireNamesOfBytes() {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")));
    assumeTrue(System.getProperty("os.name").equals("Linux"));
  }

  @Test
  void classesWithAccentsAreRefusedInTheLocaleC() throws Exception {
    put("\u00e9t\u00e9/a.png");
    put("\u00e8t\u00e8/a.png");
    assertThat(in("C.UTF-8")).isEqualTo("2 classes, 2 images");
    assertThat(in("C"))
        .startsWith(root.toString())
        .contains(
            ": expected a name in the character set of Java's locale, ANSI_X3.4-1968, but it has"
                + " other letters; start Java in a locale of UTF-8, such as LC_ALL=C.UTF-8, or"
                + " rename the file");
  }

  @Test
  void imagesWithAccentsAreRefusedInTheLocaleC() throws Exception {
    put("hund/\u00e9.png");
    assertThat(in("C")).startsWith(root.resolve("hund").toString()).contains("such as LC_ALL");
    put("hund/Thumbs.d\u00e9");
    Files.delete(root.resolve("hund/\u00e9.png"));
    put("hund/e.png");
    assertThat(in("C")).isEqualTo("1 classes, 1 images");
  }

  /** A name of Latin-1, as old archives unpack, is no UTF-8. */
  @Test
  void bytesThatAreNoUtf8AreRefusedInALocaleOfUtf8() throws Exception {
    Process made =
        new ProcessBuilder(
                "sh", "-c", "mkdir \"$(printf 'ol\\351')\" && touch \"$(printf 'ol\\351')\"/a.png")
            .directory(root.toFile())
            .start();
    assumeTrue(made.waitFor() == 0);
    assertThat(in("C.UTF-8")).contains("character set of Java's locale, UTF-8");
  }

  private void put(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.write(file, new byte[1]);
  }

  private String in(String locale) throws IOException, InterruptedException {
    ProcessBuilder java =
        new ProcessBuilder(
            List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                root.toString()));
    java.environment().put("LC_ALL", locale);
    java.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = java.start();
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    process.waitFor();
    return printed;
  }
}
