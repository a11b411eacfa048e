package org.resnet4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.resnet4j.arch.Architectures;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.keymapping.RecognisedWeights;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Profile;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.train.SgdMomentum;
import org.resnet4j.training.Evaluation;
import org.resnet4j.training.FineTune;
import org.resnet4j.weightfile.WeightFile;
import org.resnet4j.zoo.Classifier;
import org.resnet4j.zoo.FeatureExtractor;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Models;
import org.resnet4j.zoo.Prediction;
import org.resnet4j.zoo.StageName;
import org.resnet4j.zoo.Transfer;

/**
 * The Java in the documents compiles: this class contains the same code, apart from white space.
 */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMPILED = Pattern.compile("// begin\n(.*?)// end", Pattern.DOTALL);

  @SuppressWarnings("unused") // compiled, not run: it would train for minutes
  private static void readme(Model model) throws IOException {
    // begin
    Dataset photos = Dataset.folder(Path.of("photos"));
    Model mine = FineTune.of(model).on(photos).run(Path.of("runs/photos")).model();
    System.out.println(Evaluation.of(mine).on(photos).accuracy());
    mine.export(Path.of("photos.onnx"));
    // end
  }

  @SuppressWarnings("unused") // so many ways to train and to run one network
  private static void engine(
      ComputationGraph network, DataSetIterator batches, int epochs, INDArray images) {
    // begin
    ComputationGraph fast = OneDnn.accelerate(network);
    fast.fit(batches, epochs);
    // end
    // begin
    try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
      INDArray probabilities = compiled.output(images);
    }
    // end
    // begin
    Profile profile = new Profile();
    ComputationGraph measured =
        OneDnn.accelerate(network, CompileOptions.training().profile(profile));
    measured.fit(batches, 1);
    profile.rows().forEach(System.out::println);
    // end
  }

  @SuppressWarnings("unused") // the weights are not here
  private static void zoo() throws IOException {
    // begin
    Model model = Models.pretrained("resnet50.tv_in1k_v2");
    try (Classifier classifier = model.classifier()) {
      for (Prediction prediction : classifier.top(Path.of("dog.jpg"), 5)) {
        System.out.printf("%.3f %s%n", prediction.probability(), prediction.label());
      }
    }
    // end
    // begin
    try (FeatureExtractor features = model.features("pool")) {
      INDArray embedding = features.of(Path.of("dog.jpg"));
    }
    // end
  }

  @SuppressWarnings("unused") // the checkpoint is not here
  private static void checkpoint() throws IOException {
    // begin
    try (Tensors tensors = WeightFile.open(Path.of("checkpoint.pth"), "state_dict_ema")) {
      RecognisedWeights weights =
          RecognisedWeights.of(tensors, null, Architectures.byName("resnet50"), Set.of());
      System.out.println(
          weights.classes() + " classes; " + weights.tensors().selection().sentences());
    }
    // end
  }

  @SuppressWarnings("unused") // the weights are not here
  private static void transfer(DataSetIterator batches, int epochs) throws IOException {
    // begin
    ComputationGraph network =
        Transfer.of(Models.pretrained("resnet50.tv_in1k_v2"))
            .classes(5)
            .freezeThrough(StageName.C3)
            .rate(StageName.C4, 0.1)
            .updater(new SgdMomentum(0.01, 0.9))
            .network();
    OneDnn.accelerate(network).fit(batches, epochs);
    // end
  }

  @ParameterizedTest
  @CsvSource({"README.md, 3", "docs/engine.md, 3", "docs/zoo.md, 5"})
  void javaInTheDocumentEqualsTheCompiledJavaHere(String document, int blocks) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/resnet4j/examples/ReadmeTest.java"))
            + Files.readString(
                Path.of(
                    "../resnet-zoo/src/test/java/org/resnet4j/zoo/dl4j/WeightSetModelTest.java"));
    List<String> compiled = found(COMPILED, source);
    assertThat(found(BLOCK, Files.readString(Path.of("..", document))))
        .hasSize(blocks)
        .isSubsetOf(compiled);
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> bare(result.group(1))).toList();
  }

  private static String bare(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void readmeHasAtMost90Lines() throws IOException {
    assertThat(Files.readAllLines(Path.of("../README.md"))).hasSizeLessThanOrEqualTo(90);
  }

  @Test
  void readmeShowsTheCommandsInItsFirst30Lines() throws IOException {
    assertThat(Files.readAllLines(Path.of("../README.md")).subList(0, 30))
        .anyMatch(line -> line.startsWith("./resnet train"))
        .anyMatch(line -> line.startsWith("mvn verify"));
  }

  @Test
  void documentsHaveNoPlaceholderLeft() throws IOException {
    for (String document : List.of("README.md", "docs/engine.md", "docs/zoo.md")) {
      assertThat(Files.readString(Path.of("..", document))).doesNotContainPattern("@[A-Z]+@");
    }
  }
}
