package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NearestTest {
  @Test
  void slipsAreSuggested() {
    List<String> known = List.of("photos", "resnet50", "cifar10", "list");
    assertThat(Nearest.to("photoz", known)).containsExactly("photos");
    assertThat(Nearest.to("foto", known)).isEmpty();
    assertThat(Nearest.to("resn", known)).containsExactly("resnet50");
  }

  @Test
  void namesThatBeginWithTheWordComeFirst() {
    List<String> known = List.of("resnet50", "resnet26", "resnet26t", "resnet20_cifar");
    assertThat(Nearest.to("resnet20", known).get(0)).isEqualTo("resnet20_cifar");
    assertThat(Nearest.unknown("network", "resnet20", known))
        .contains("the nearest are [resnet20_cifar, ");
  }

  @Test
  void namesWithHalfOfTheLettersAreSuggestedLoosely() {
    List<String> known = List.of("docs", "photos", "Fotos", "list");
    assertThat(Nearest.loosely("foto", known)).containsExactly("Fotos", "photos");
    assertThat(Nearest.loosely("xyz", known)).isEmpty();
  }

  @Test
  void neighboursAreTheFilesAndFoldersBesideAPath(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("photos"));
    Files.createFile(folder.resolve("a.zip"));
    Path missing = folder.resolve("missing");
    assertThat(Nearest.neighbours(missing, path -> true))
        .containsExactlyInAnyOrder("photos", "a.zip");
    assertThat(Nearest.neighbours(missing, Files::isDirectory)).containsExactly("photos");
    assertThat(Nearest.neighbours(missing.resolve("deeper"), path -> true)).isEmpty();
  }
}
