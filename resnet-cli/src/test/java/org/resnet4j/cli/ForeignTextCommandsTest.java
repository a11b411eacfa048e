package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of folders and files that contain terminal control sequences or line breaks are printed
 * harmlessly.
 */
@Tag("locale")
@EnabledOnOs({OS.LINUX, OS.MAC})
class ForeignTextCommandsTest {
  private static final String CLEARS = "a\u001b[2J\u001b]0;x\u0007";
  private static final String FORGES = "b\nresnet: all is well";

  @TempDir Path folder;

  @Test
  void classAndFileNamesArePrintedWithoutControlCharacters() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    for (String split : new String[] {"train", "test"}) {
      Path classes = data.resolve(split);
      Files.move(classes.resolve("class0"), classes.resolve(CLEARS));
      Files.move(classes.resolve("class1"), classes.resolve(FORGES));
    }
    String run = folder.resolve("run").toString();
    String set = "folder:" + data;
    String[] train = {
      "train",
      "--model",
      "resnet8",
      "--data",
      set,
      "--batch",
      "10",
      "--epochs",
      "1",
      "--input",
      "1x16x16",
      "--out",
      run
    };
    requireHarmless(resnet(train), 0);
    requireHarmless(resnet(train), 1);

    CommandResult evaluated = resnet("evaluate", run, "--data", set);
    requireHarmless(evaluated, 0);
    assertThat(evaluated.out())
        .contains("a\\u001b[2J\\u001b]0;x\\u0007")
        .contains("b\\u000aresnet: all is well");
    assertThat(resnet("evaluate", run, "--data", set, "--json").json().findValuesAsText("name"))
        .contains(CLEARS, FORGES);

    Path image = data.resolve("test").resolve(CLEARS).resolve("0.png");
    Path broken = Files.writeString(folder.resolve(FORGES + ".png"), "no image");
    CommandResult classified =
        resnet("classify", image.toString(), broken.toString(), "--model", run);
    requireHarmless(classified, 1);
    assertThat(classified.out().lines().filter(line -> line.contains("%")).count()).isEqualTo(2);
    assertThat(classified.err().lines().toList())
        .noneMatch(line -> line.equals("resnet: all is well"));
    CommandResult document = resnet("classify", image.toString(), "--model", run, "--json");
    assertThat(document.json().findValuesAsText("label")).containsExactlyInAnyOrder(CLEARS, FORGES);
  }

  @Test
  void errorMessagesQuoteArgumentsWithoutControlCharacters() throws IOException {
    requireHarmless(resnet("summary", CLEARS), 2);
    requireHarmless(resnet("evaluate", folder.resolve(CLEARS).toString(), "--data", "cifar10"), 1);
    requireHarmless(resnet("train", "--data", "folder:" + folder.resolve(FORGES)), 1);
    requireHarmless(resnet("--" + CLEARS), 2);
    Path npy = folder.resolve("x.npy");
    Files.writeString(
        npy,
        "\u0093NUMPY\u0001\u0000\u0010\u0000{\u001b[2J}         \n",
        java.nio.charset.StandardCharsets.ISO_8859_1);
    CommandResult predicted =
        resnet(
            "predict",
            "--model",
            "resnet20_cifar",
            "--input",
            npy.toString(),
            "--output",
            folder.resolve("y.npy").toString());
    requireHarmless(predicted, 1);
    assertThat(predicted.err()).contains("\\u001b[2J");
  }

  @Test
  void helpIsPrintedUnchanged() {
    assertThat(resnet("--help").out()).contains("Usage: resnet").contains("train").contains("\n");
    assertThat(resnet("train", "--help").out()).contains("--epochs");
  }

  private static void requireHarmless(CommandResult answer, int status) {
    assertThat(answer.status()).as(answer.err()).isEqualTo(status);
    assertThat(answer.out() + answer.err()).doesNotContainPattern("[\\p{Cc}&&[^\\n]]");
    assertThat((answer.out() + answer.err()).lines().toList())
        .noneMatch(line -> line.startsWith("resnet: all is well"));
  }
}
