package org.resnet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.data.ChannelStats.FASHION_MNIST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.data.Batches;
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.data.sets.Split;
import org.resnet4j.graph.ResNetGraph;
import org.resnet4j.train.HeavyBall;

/** README's Java compiles: it stands here too, letter for letter but for white space. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @SuppressWarnings("unused") // compiled, not run: it would train for minutes
  private static void snippet() throws IOException {
    // begin
    Architecture resnet18 =
        Architectures.byName("resnet18").with(row -> row.input(1, 28, 28).classes(10));
    ComputationGraph network =
        ResNetGraph.of(resnet18)
            .seed(42)
            .updater(new HeavyBall(0.05, 0.9))
            .weightDecay(5e-4)
            .network();
    DataHome home = DataHome.of(System.getenv(), Path.of(System.getProperty("user.home")));
    try (OpenDataset data = home.open("fashion-mnist", Split.TRAIN);
        Batches batches =
            Batches.of(data.source()).size(128).stats(FASHION_MNIST).shuffle(42).build()) {
      network.fit(batches, 1);
    }
    // end
  }

  @Test
  void theJavaInTheReadmeIsTheOneThatCompilesHere() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/resnet4j/examples/ReadmeTest.java"));
    Matcher readme = BLOCK.matcher(Files.readString(Path.of("../README.md")));

    assertThat(readme.find()).isTrue();
    assertThat(bare(readme.group(1)))
        .isEqualTo(
            bare(source.substring(source.indexOf("// begin") + 8, source.indexOf("// end"))));
  }

  private static String bare(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void aStrangerFindsTheCommandsInTheFirstThirtyLines() throws IOException {
    assertThat(Files.readAllLines(Path.of("../README.md")).subList(0, 30))
        .anyMatch(line -> line.startsWith("./resnet train"))
        .anyMatch(line -> line.startsWith("mvn verify"));
  }

  @Test
  void noFigureIsLeftToFillIn() throws IOException {
    assertThat(Files.readString(Path.of("../README.md"))).doesNotContainPattern("@[A-Z]+@");
  }
}
