package org.resnet4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;
import org.resnet4j.data.ChannelStats;
import org.resnet4j.data.ImageSource;
import org.resnet4j.image.Image;
import org.resnet4j.recipe.Recipes;
import org.resnet4j.run.Environment;
import org.resnet4j.run.EvaluationResult;
import org.resnet4j.run.Predictions;
import org.resnet4j.run.RunRecord;
import org.resnet4j.run.RunSetup;
import org.xml.sax.InputSource;

@Tag("locale")
class ReportTest {
  private static final List<String> CLASSES =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "<sneaker> & \"son\"",
          "bag",
          "ankle boot");

  @TempDir Path folder;

  @Test
  void reportIsOneSelfContainedPage() throws Exception {
    String html = report();
    assertThat(html)
        .startsWith("<!doctype html>")
        .contains("<title>resnet20_cifar on fashion-mnist</title>")
        .contains("&lt;sneaker&gt; &amp; &quot;son&quot;")
        .doesNotContain("<sneaker>")
        .doesNotContain("http://", "https://", "<script", "<link", "url(", "NaN", "null", "%s");
    assertThat(html.length()).isLessThan(300_000);
    assertIsWellFormed(html);
  }

  private static void assertIsWellFormed(String html) throws Exception {
    String xml = html.replace("<!doctype html>", "").replaceAll("<(meta|img)([^>]*)>", "<$1$2/>");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private String report() throws IOException {
    Predictions predictions = predictions(1000);
    Report.of(record(predictions), predictions, new Images(1000))
        .write(folder.resolve("report.html"));
    return Files.readString(folder.resolve("report.html"));
  }

  @Test
  void imageTileHasThePixelsOfItsImage() throws IOException {
    Image image = new Image(new Shape(3, 1, 2), new byte[] {(byte) 255, 0, 10, 20, 30, (byte) 200});
    var read =
        ImageIO.read(new ByteArrayInputStream(new ImageTile(image, "a", "b", "50 %", false).png()));
    assertThat(read.getRGB(0, 0) & 0xffffff).isEqualTo(255 << 16 | 10 << 8 | 30);
    assertThat(read.getRGB(1, 0) & 0xffffff).isEqualTo(20 << 8 | 200);
  }

  @Test
  void largeImageIsScaledDownInProportion() throws IOException {
    Image image = new Image(new Shape(1, 300, 600), new byte[180_000]);
    var read =
        ImageIO.read(new ByteArrayInputStream(new ImageTile(image, "a", "b", "50 %", false).png()));
    assertThat(List.of(read.getWidth(), read.getHeight())).containsExactly(168, 84);
  }

  @Test
  void confusionMatrixOfManyClassesListsTheWorstPairs() {
    int n = 40;
    List<List<Integer>> confusion = new ArrayList<>();
    List<EvaluationResult.ClassResult> classes = new ArrayList<>();
    for (int a = 0; a < n; a++) {
      int actual = a;
      confusion.add(
          IntStream.range(0, n)
              .mapToObj(p -> p == actual ? 5 : actual == 3 && p == 7 ? 4 : 0)
              .toList());
      classes.add(new EvaluationResult.ClassResult("class " + a, 5, 1, 1, 1));
    }
    String html =
        new ConfusionTable(new EvaluationResult(200, 0.98, 0.99, classes, confusion, 0, null))
            .html();
    assertThat(html).contains("4 × class 3 predicted as class 7").doesNotContain("<table");
  }

  @Test
  void durationsAreRounded() {
    assertThat(Html.duration(4.26)).isEqualTo("4.3 s");
    assertThat(Html.duration(192)).isEqualTo("3 min 12 s");
    assertThat(Html.duration(7384)).isEqualTo("2 h 3 min");
  }

  private static RunRecord record(Predictions predictions) {
    RunSetup setup =
        new RunSetup(
            Architectures.byName("resnet20_cifar").with(arch -> arch.input(1, 28, 28)),
            Recipes.byName("quick").lasting(8).with(next -> next.batch(128)),
            42,
            new RunSetup.Data("fashion-mnist", "the part in the jar", "sha256:0badc0de", 10_000),
            new RunSetup.Data("fashion-mnist", "the part in the jar", "sha256:cafe", 1000),
            CLASSES,
            ChannelStats.FASHION_MNIST);
    double[] loss = {1.21, 0.71, 0.58, 0.50, 0.44, 0.39, 0.35, 0.33};
    double[] accuracy = {0.55, 0.74, 0.79, 0.82, 0.843, 0.861, 0.878, 0.884};
    List<RunRecord.Epoch> epochs = new ArrayList<>();
    for (int e = 0; e < 8; e++) {
      Double test = e % 2 == 1 ? accuracy[e] - 0.012 * e / 4 : null;
      epochs.add(
          new RunRecord.Epoch(e + 1, 0.1, loss[e], accuracy[e], test, 41.5, 9.2, null, null));
    }
    return new RunRecord(
        setup,
        new Environment(
            "0.1.0",
            "1.0.0-M2.1",
            "Debian 17.0.15",
            "Linux amd64",
            "A <fast> one",
            2,
            16.7,
            "CpuBackend"),
        "an engine",
        "2026-11-22T12:00:00Z",
        RunRecord.Status.FINISHED,
        epochs,
        8,
        predictions.result(),
        List.of());
  }

  private static Predictions predictions(int n) {
    Random random = new Random(4);
    int[] labels = new int[n];
    int[] predicted = new int[n];
    float[] probabilities = new float[n];
    int[][] counts = new int[10][10];
    int right = 0;
    for (int i = 0; i < n; i++) {
      labels[i] = i % 10;
      boolean hit = random.nextDouble() < 0.88;
      predicted[i] =
          hit ? labels[i] : random.nextInt(3) > 0 ? (labels[i] + 4) % 10 : random.nextInt(10);
      probabilities[i] = 0.4f + 0.6f * random.nextFloat();
      counts[labels[i]][predicted[i]]++;
      right += predicted[i] == labels[i] ? 1 : 0;
    }
    return new Predictions(
        EvaluationResult.of(CLASSES, counts, right), labels, predicted, probabilities);
  }

  /** Images of noise with a bright disc. */
  private record Images(int size) implements ImageSource {
    @Override
    public List<String> classes() {
      return CLASSES;
    }

    @Override
    public int label(int index) {
      return index % 10;
    }

    @Override
    public Image read(int index) {
      byte[] pixels = new byte[784];
      for (int i = 0; i < 784; i++) {
        int x = i % 28 - 14;
        int y = i / 28 - 14;
        pixels[i] = (byte) (x * x + y * y < 20 + 15 * label(index) ? 120 + 8 * (x % 8) : 0);
      }
      return new Image(new Shape(1, 28, 28), pixels);
    }

    @Override
    public void close() {}
  }
}
