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
        "a.pth: expected a model; name it by LoadOptions.of(architecture) => a.pth: expected a"
            + " model; give the name of its architecture as the model, and the file by --weights",
        "a.pth: x; use the file's number of classes, or accept a fresh classifier"
            + " (Tolerance.OTHER_CLASSES) => a.pth: x; use the file's number of classes"
            + " (--classes)",
        "a.pth: x, or do this (Tolerance.NEW, Tolerance.MISSING) => a.pth: x, or do this",
        "a (b) c => a (b) c",
      })
  void adviceNamesOptionsNotJava(String message, String expected) {
    assertThat(ErrorMessage.of(new IOException(message))).isEqualTo(expected);
  }

  @Test
  void fullDiskIsSaidWithARemedy() {
    assertThat(ErrorMessage.of(new IOException("runs/a/model.zip: No space left on device")))
        .isEqualTo(
            "runs/a/model.zip: No space left on device; make room on the disk, or choose another");
  }

  private static void requireSentence(CommandResult answer, String sentence) {
    assertThat(answer.status()).as(answer.err()).isEqualTo(1);
    assertThat(answer.err().strip()).startsWith("resnet: ").contains(sentence).doesNotContain("\n");
  }
}
