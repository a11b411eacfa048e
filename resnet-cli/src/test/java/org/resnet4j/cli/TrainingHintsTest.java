package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.training.Trainer;

/** The commands that are printed after training have the words of the user. */
class TrainingHintsTest {
  @Test
  void dataIsNamedAsTheUserDid(@TempDir Path folder) {
    DataOptions options = new DataOptions();
    Trainer resumed = Trainer.usual().on(Dataset.folder(folder));
    assertThat(options.words(resumed)).isEqualTo(folder.toString());
    assertThat(options.words(Trainer.usual().on("folder:nowhere"))).isEqualTo("folder:nowhere");
    assertThat(options.words(Trainer.usual())).isEqualTo("fashion-mnist");
    options.data = "photos";
    assertThat(options.words(resumed)).isEqualTo("photos");
  }

  @Test
  void commandsCanBeCopied() {
    StringWriter text = new StringWriter();
    PrintWriter to = new PrintWriter(text);
    TrainingSummary.printHints(Path.of("my run"), "my photos", false, to);
    to.flush();
    assertThat(text.toString())
        .contains(
            "./resnet evaluate '" + Path.of("my run", "model.zip") + "' --data 'my photos'",
            "./resnet classify IMAGE --model 'my run'");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "photos, photos",
        "runs/été-2, runs/été-2",
        "folder:~/a, folder:~/a",
        "a b, 'a b'",
        "it's, 'it'\\''s'",
        "$(x), '$(x)'",
        "a;b, 'a;b'"
      })
  void wordsAreQuotedForAShell(String word, String quoted) {
    assertThat(TrainingSummary.quoted(word)).isEqualTo(quoted);
  }
}
