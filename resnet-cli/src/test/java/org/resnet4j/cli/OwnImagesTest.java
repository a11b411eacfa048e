package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as people have them are trained on and evaluated. */
class OwnImagesTest {
  private static final String OPTIONS =
      "--model resnet20_cifar --stem-width 4 --depths 1,1 --widths 4,8 --strides 1,2 --batch 10"
          + " --epochs 1 --input 3x16x16 --json";

  @TempDir Path folder;

  @Test
  void flatFolderIsSplitAndEvaluatedOnWhatWasKeptOrWhole() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path flat = data.resolve("train");
    Files.writeString(flat.resolve("class0/Thumbs.db"), "x");
    Files.writeString(flat.resolve("labels.csv"), "x");
    Path run = folder.resolve("run");
    CommandResult trained = train(flat, run, "--val 0.4");
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("; 2 other files skipped");
    JsonNode test = setup(run).get("test");
    assertThat(test.get("examples").asInt()).isEqualTo(20);
    assertThat(test.at("/heldOut/share").asDouble()).isEqualTo(0.4);

    CommandResult kept = resnet("evaluate", run.toString(), "--data", flat.toString(), "--json");
    assertThat(kept.json().get("examples").asInt()).as(kept.err()).isEqualTo(20);
    assertThat(kept.json().get("accuracy")).isEqualTo(trained.json().get("accuracy"));
    CommandResult whole =
        resnet("evaluate", run.toString(), "--data", data.resolve("test").toString(), "--json");
    assertThat(whole.json().get("examples").asInt()).isEqualTo(50);
  }

  @Test
  void testFolderOfARunIsEvaluatedWhole() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path run = folder.resolve("run");
    CommandResult trained = train(data, run, "");
    CommandResult whole =
        resnet("evaluate", run.toString(), "--data", "folder:" + data.resolve("test"), "--json");
    assertThat(whole.json().get("examples").asInt()).as(whole.err()).isEqualTo(50);
    assertThat(whole.json().get("accuracy")).isEqualTo(trained.json().get("accuracy"));
    Files.move(data.resolve("test/class0"), data.resolve("elsewhere"));
    CommandResult subset =
        resnet("evaluate", run.toString(), "--data", "folder:" + data.resolve("test"));
    assertThat(subset.out()).contains("on 25 images, among 1 of the model's 2 classes");
  }

  @Test
  void unreadableImagesAreRefusedOrLeftOut() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Files.writeString(data.resolve("test/class1/z.jpg"), "text");
    CommandResult refused = train(data, folder.resolve("run"), "");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("1 of 101 images cannot be read, the first: " + data.resolve("test/class1/z.jpg"))
        .contains("or leave them out of training with --skip-unreadable");

    CommandResult trained = train(data, folder.resolve("run"), "--skip-unreadable");
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.err()).contains("warning   1 of 101 images cannot be read");
    assertThat(setup(folder.resolve("run")).at("/test/leftOut"))
        .hasToString("[\"test/class1/z.jpg\"]");
  }

  @Test
  void listOfSeveralLabelsIsTrainedEvaluatedClassifiedAndExported() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    StringBuilder rows = new StringBuilder("path,split,label\n");
    for (String split : List.of("train", "test")) {
      for (int i = 0; i < 25; i++) {
        rows.append("%s/class0/%s.png,%s,dark|stripes\n".formatted(split, i, split));
        rows.append("%s/class1/%s.png,%s,%s\n".formatted(split, i, split, i < 20 ? "dark" : ""));
      }
    }
    Path list = Files.writeString(data.resolve("list.csv"), rows);
    Path run = folder.resolve("run");
    CommandResult trained = train(list, run, "");
    assertThat(trained.status()).as(trained.err()).isZero();
    assertThat(trained.err())
        .contains("labels    several an image, one probability each: BINARY_CROSS_ENTROPY")
        .contains(", test mean average precision 0.");
    assertThat(trained.json().get("meanAveragePrecision").asDouble()).isBetween(0.4, 1.0);

    CommandResult evaluated = resnet("evaluate", run.toString(), "--data", list.toString());
    assertThat(evaluated.out())
        .contains(
            String.format(
                Locale.ROOT,
                "mean average precision %.4f on 50 images",
                trained.json().get("meanAveragePrecision").asDouble()))
        .contains("label                  images average precision precision   recall       F1")
        .doesNotContain("confusion");
    JsonNode json = resnet("evaluate", run.toString(), "--data", list.toString(), "--json").json();
    assertThat(json.at("/multiLabel/meanAveragePrecision"))
        .isEqualTo(trained.json().get("meanAveragePrecision"));
    assertThat(json.at("/classes/0/averagePrecision"))
        .isEqualTo(trained.json().at("/run/evaluation/classes/0/averagePrecision"));

    Path image = data.resolve("test/class0/1.png");
    CommandResult classified =
        resnet("classify", image.toString(), "--model", run.toString(), "--json");
    assertThat(classified.json().at("/images/0/classes").findValuesAsText("label"))
        .containsExactlyInAnyOrder("dark", "stripes");
    CommandResult exported =
        resnet("convert", run.toString(), "--to", folder.resolve("labels.onnx").toString());
    assertThat(exported.status()).as(exported.err()).isZero();

    CommandResult refused = train(list, folder.resolve("other"), "--set loss=CROSS_ENTROPY");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err())
        .contains("loss: expected BINARY_CROSS_ENTROPY, because images have several labels");
  }

  private static CommandResult train(Path data, Path run, String more) {
    String options = "train --data " + data + " --out " + run + " " + OPTIONS + " " + more;
    return resnet(options.strip().split(" +"));
  }

  private static JsonNode setup(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("run.json").toFile()).get("setup");
  }
}
