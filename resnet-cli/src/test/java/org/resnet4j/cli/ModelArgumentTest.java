package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.zoo.PretrainedWeights;
import org.resnet4j.zoo.WeightSets;

class ModelArgumentTest {
  @TempDir Path folder;

  static Stream<String> names() {
    return Stream.concat(
        Architectures.all().stream().map(Architecture::name),
        WeightSets.all().stream().map(PretrainedWeights::name));
  }

  @ParameterizedTest
  @MethodSource("names")
  void noNameOfThisProjectIsTakenForAPath(String name) {
    assertThat(ModelArgument.isPath(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "runs/a",
        "runs\\a",
        "./a",
        "..",
        "~/a",
        "model.zip",
        "A.PTH",
        "m.safetensors",
        "c.pth.tar"
      })
  void pathsAreRecognised(String path) {
    assertThat(ModelArgument.isPath(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluate|PATH|--data|fashion-mnist",
        "classify|x.jpg|--model|PATH",
        "features|x.jpg|--output|y.npy|--model|PATH",
        "predict|--model|PATH|--input|X.npy|--output|y.npy",
        "convert|PATH|--to|x.onnx",
        "verify|PATH"
      })
  void missingModelIsNamedInEveryCommand(String command) throws IOException {
    Path input = folder.resolve("X.npy");
    NpyFile.write(org.nd4j.linalg.factory.Nd4j.zeros(1, 3, 8, 8), input);
    for (String path : new String[] {folder.resolve("runs/none").toString(), "nosuch.zip"}) {
      String line = command.replace("PATH", path).replace("X.npy", input.toString());
      CommandResult answer = resnet(line.split("\\|", -1));

      assertThat(answer.status()).isEqualTo(1);
      assertThat(answer.out()).isEmpty();
      assertThat(answer.err().strip()).isEqualTo("resnet: " + path + ": no such file or folder");
    }
  }

  @Test
  void aSimilarNeighbourIsSuggested() throws IOException {
    Files.createDirectories(folder.resolve("photos"));
    assertThat(resnet("verify", folder.resolve("fotos").toString()).err())
        .contains(": no such file or folder; did you mean " + folder.resolve("photos") + "?");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aBrokenLinkIsCalledOne() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("latest"), Path.of("nowhere"));
    assertThat(resnet("verify", link.toString()).err())
        .isEqualToIgnoringNewLines("resnet: " + link + ": a link to a file that is not there");
  }
}
