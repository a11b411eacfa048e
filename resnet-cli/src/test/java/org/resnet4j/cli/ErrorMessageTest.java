package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Errors that a user can fix are printed as one sentence with a remedy and without a stack trace.
 */
class ErrorMessageTest {
  @TempDir Path folder;

  @Test
  void datasetWithOneClassIsRefusedBeforeTrainingIsAnnounced() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    for (String split : new String[] {"train", "test"}) {
      Files.move(data.resolve(split).resolve("class1"), folder.resolve(split));
    }
    requireSentence(
        resnet(TwoClassImages.train(data, "--model resnet8 --input 1x16x16")),
        "expected at least two classes but there are [class0]");
  }

  @Test
  void tooManyTrainingStepsAreRefusedBeforeTrainingIsAnnounced() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    requireSentence(
        resnet(TwoClassImages.train(data, "--model resnet8 --input 1x16x16 --epochs 2147483647")),
        "epochs: expected at most 429496729 of 5 batches");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void brokenLinkIsNamedInTheMessage() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path link = data.resolve("train/class0/z.png");
    Files.createSymbolicLink(link, Path.of("nowhere"));
    assertThat(ErrorMessage.of(new UncheckedIOException(new NoSuchFileException(link.toString()))))
        .isEqualTo(link + ": a link to a file that is not there");
    CommandResult answer = resnet(TwoClassImages.train(data, "--input 1x16x16"));
    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.err()).contains(link + ": ").doesNotContain("\tat ");
  }

  @Test
  void fileNameThatTheLocaleCannotEncodeSuggestsAUtf8Locale() {
    assertThat(
            ErrorMessage.of(
                new InvalidPathException(
                    "t?", "Malformed input or input contains unmappable characters")))
        .startsWith("t?: Java cannot name this file")
        .contains("LC_ALL=C.UTF-8");
  }

  @Test
  void unloadableNativeLibrariesSuggestAnotherCacheFolder() {
    assertThat(
            ErrorMessage.of(
                new ExceptionInInitializerError(
                    new IllegalStateException(
                        new UnsatisfiedLinkError("/x/libjnind4jcpu.so: failed to map segment")))))
        .startsWith(
            "the native libraries cannot be loaded: /x/libjnind4jcpu.so: failed to map segment; ")
        .contains("-Dorg.bytedeco.javacpp.cachedir=DIR");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "a.pth: x; use the file's number of classes, or accept a fresh classifier"
            + " (Tolerance.OTHER_CLASSES) => a.pth: x; use the file's number of classes"
            + " (--classes)",
        "a.pth: x, or do this (Tolerance.NEW, Tolerance.MISSING) => a.pth: x, or do this",
        "a (b) c => a (b) c",
      })
  void adviceNamesOptionsNotJava(String message, String expected) {
    assertThat(ErrorMessage.of(new IOException(message))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"my.h5, resnet50_v1", "my.keras, resnet50_v1", "my.pth, resnet50"})
  void filesOfWeightsAloneAreNamedByTwoOptions(
      String name, String architecture, @TempDir Path folder) throws IOException {
    String file = Files.writeString(folder.resolve(name), "weights").toString();
    String problem = file + ": expected a model that names its architecture";

    requireSentence(
        resnet("classify", "x.jpg", "--model", file),
        "name it by --model and the file by --weights, for example --model %s --weights %s"
            .formatted(architecture, file));
    requireSentence(resnet("evaluate", file, "--data", "mnist"), problem);
    requireSentence(
        resnet("convert", file, "--to", folder.resolve("y.onnx").toString()),
        "name it by --model, for example --model " + architecture);
  }

  @Test
  void fullDiskIsSaidWithARemedy() {
    assertThat(ErrorMessage.of(new IOException("runs/a/model.zip: No space left on device")))
        .isEqualTo(
            "runs/a/model.zip: No space left on device; make room on the disk, or choose another");
  }

  /** Java words it so where another thread has loaded the class before. */
  @Test
  void nativesThatAnotherThreadCouldNotLoadAreNamedAlike() {
    UnsatisfiedLinkError first =
        new UnsatisfiedLinkError("no jniopenblas in java.library.path: /x");
    NoClassDefFoundError later =
        new NoClassDefFoundError("Could not initialize class org.nd4j.linalg.factory.Nd4j");
    later.initCause(
        new ExceptionInInitializerError(
            "Exception " + first + " [in thread \"resnet4j-preload\"]"));

    assertThat(ErrorMessage.of(later)).isEqualTo(ErrorMessage.of(first));
  }

  private static void requireSentence(CommandResult answer, String sentence) {
    assertThat(answer.status()).as(answer.err()).isEqualTo(1);
    assertThat(answer.err().strip()).startsWith("resnet: ").contains(sentence).doesNotContain("\n");
  }
}
