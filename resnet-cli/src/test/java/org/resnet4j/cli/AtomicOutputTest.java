package org.resnet4j.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.resnet4j.cli.CommandResult.resnet;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.support.AtomicFile;

/** Every command writes its files through {@link AtomicFile}. */
class AtomicOutputTest {
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("rw-r-----");

  @TempDir Path folder;

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void everyCommandKeepsLinksAndPermissionsAndLeavesNoTemporaryFile() throws IOException {
    Path data = TwoClassImages.write(folder.resolve("data"));
    Path run = Files.createDirectory(folder.resolve("run"));
    Path store = Files.createDirectory(folder.resolve("store"));
    Path images = folder.resolve("x.npy");
    NpyFile.write(Nd4j.rand(2, 3, 16, 16), images);
    String image = data.resolve("test/class0/0.png").toString();
    Map<String, List<String>> commands = new LinkedHashMap<>();
    commands.put(
        "model.zip run.json report.html",
        List.of(
            TwoClassImages.train(
                data, "--model resnet8 --epochs 1 --input 3x16x16 --overwrite", run)));
    commands.put(
        "logits.npy",
        List.of(
            "predict",
            "--fresh",
            "--model",
            "resnet20_cifar",
            "--input",
            images.toString(),
            "--output"));
    commands.put("features.npy", List.of("features", image, "--model", run.toString(), "--output"));
    for (String converted : List.of("m.safetensors", "m.onnx", "m.zip")) {
      commands.put(
          converted,
          List.of(
              "convert",
              run.resolve("model.zip").toString(),
              "--model",
              "resnet8",
              "--classes",
              "2",
              "--input",
              "3x16x16",
              "--to"));
    }
    for (Map.Entry<String, List<String>> command : commands.entrySet()) {
      List<String> files = List.of(command.getKey().split(" "));
      for (String file : files) {
        Path before = Files.writeString(store.resolve(file), "before");
        Files.setPosixFilePermissions(before, MODE);
        Files.createSymbolicLink(run.resolve(file), before);
      }
      String target = run.resolve(files.get(0)).toString();
      CommandResult answer =
          resnet(
              (files.size() == 1
                      ? Stream.concat(command.getValue().stream(), Stream.of(target))
                      : command.getValue().stream())
                  .toArray(String[]::new));
      assertThat(answer.status()).as(answer.err()).isZero();
      for (String file : files) {
        assertThat(run.resolve(file)).isSymbolicLink();
        assertThat(store.resolve(file)).isRegularFile();
        assertThat(Files.size(store.resolve(file))).as(file).isGreaterThan(100);
        assertThat(Files.getPosixFilePermissions(store.resolve(file))).isEqualTo(MODE);
      }
    }
    for (Path where : List.of(store, run)) {
      try (Stream<Path> left = Files.list(where)) {
        assertThat(left.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
      }
    }
  }

  /**
   * The exceptions are downloads and unpacked archives, whose partial files are verified first,
   * under a lock, and the metrics of a run, which grow by a line an epoch.
   */
  @Test
  void onlyAtomicFileReplacesFiles() {
    noClasses()
        .that()
        .doNotBelongToAnyOf(AtomicFile.class)
        .and()
        .doNotHaveFullyQualifiedName("org.resnet4j.training.RunFolder")
        .and(
            JavaClass.Predicates.resideOutsideOfPackages(
                "org.resnet4j.fetch..", "org.resnet4j.data.."))
        .should()
        .callMethodWhere(
            target(owner(JavaClass.Predicates.equivalentTo(Files.class)))
                .and(target(nameMatching("move|write|writeString|newBufferedWriter"))))
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.resnet4j"));
  }
}
