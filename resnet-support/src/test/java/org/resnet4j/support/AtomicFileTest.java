package org.resnet4j.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void concurrentWritersLeaveOneCompleteFile() throws Exception {
    Path target = folder.resolve("model.zip");
    ExecutorService threads = Executors.newFixedThreadPool(2);
    for (int round = 0; round < 20; round++) {
      List<Future<?>> writers = new ArrayList<>();
      for (char content : new char[] {'A', 'B'}) {
        writers.add(
            threads.submit(
                () -> {
                  AtomicFile.write(target, temporary -> fill(temporary, content));
                  return null;
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      assertThat(Files.size(target)).isEqualTo(64 << 10);
      assertThat(Files.readString(target).chars().distinct().count()).isEqualTo(1);
    }
    threads.shutdown();
    assertThat(names()).containsExactly("model.zip");
  }

  private static void fill(Path file, char content) throws IOException {
    byte[] some = new byte[1 << 10];
    Arrays.fill(some, (byte) content);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < 64; i++) {
        out.write(some);
      }
    }
  }

  @Test
  void failedWriteKeepsTheOldFileAndLeavesNoOther() throws IOException {
    Path target = Files.writeString(folder.resolve("run.json"), "old");
    assertThatIOException()
        .isThrownBy(
            () ->
                AtomicFile.write(
                    target,
                    temporary -> {
                      Files.writeString(temporary, "half");
                      throw new IOException("No space left on device");
                    }))
        .withMessage(target + ": No space left on device");
    assertThat(target).hasContent("old");
    assertThat(names()).containsExactly("run.json");
  }

  @Test
  void obstacleOfAFolderIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("plain"), "");
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.createFolder(file))
        .withMessage(file + ": expected a folder but it is a file; choose another folder");
    Path below = file.resolve("a/b");
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.createFolder(below))
        .withMessage(
            below + ": expected a folder but " + file + " is a file; choose another folder");
    AtomicFile.createFolder(folder.resolve("x/y/z"));
    assertThat(folder.resolve("x/y/z")).isDirectory();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void brokenLinkAndMissingPermissionsAreNamed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.createFolder(link.resolve("a")))
        .withMessageContaining(link + " is a link to nothing; choose another folder");
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
    assumeFalse(Files.isWritable(closed), "root may write everywhere");
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.createFolder(closed.resolve("run")))
        .withMessageContaining("no permission to create it in " + closed);
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.write(closed.resolve("a.txt"), "a"))
        .withMessageStartingWith(
            closed.resolve("a.txt") + ": no permission to write into its folder");
  }

  /** No folder can be made in /proc, even by root. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void folderThatTheFileSystemRefusesIsNamed() {
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.createFolder(Path.of("/proc/resnet4j")))
        .withMessageStartingWith("/proc/resnet4j: ")
        .withMessageContaining(" in /proc");
  }

  @Test
  void folderAsTargetIsRefusedBeforeTheWriterRuns() {
    assertThatIOException()
        .isThrownBy(
            () ->
                AtomicFile.write(
                    folder,
                    temporary -> {
                      throw new AssertionError("written");
                    }))
        .isInstanceOf(FileSystemException.class)
        .withMessage(folder + ": expected the name of a file but there is a folder");
  }

  @Test
  void linksAreKeptAndTheirTargetsReplaced() throws IOException {
    Path real = Files.createDirectory(folder.resolve("store")).resolve("real");
    Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of("store/real"));
    Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("second"));
    AtomicFile.write(first, "new");
    assertThat(real).hasContent("new");
    AtomicFile.write(first, "newer");
    assertThat(real).isRegularFile().hasContent("newer");
    assertThat(first).isSymbolicLink();
    assertThat(second).isSymbolicLink();
  }

  @Test
  void circularLinksAreRefused() throws IOException {
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.write(folder.resolve("a"), "new"))
        .isInstanceOf(FileSystemLoopException.class);
  }

  @Test
  void parentFolderMayBeALink() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFile.write(link.resolve("x"), "new");
    assertThat(real.resolve("x")).hasContent("new");
  }

  @Test
  void aLinkPlantedUnderATemporaryNameIsNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Files.createSymbolicLink(folder.resolve(".y.npy.tmp"), victim);
    AtomicFile.write(folder.resolve("y.npy"), "new");
    assertThat(victim).hasContent("precious");
    assertThat(folder.resolve("y.npy")).isRegularFile().hasContent("new");
    AtomicFile.write(
        folder.resolve("z"),
        temporary ->
            assertThat(String.valueOf(temporary.getFileName())).matches("\\.z\\.\\d+\\.tmp"));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void permissionsAreThoseOfTheOldFileOrTheDefault() throws IOException {
    Path target = folder.resolve("x");
    Path any = Files.writeString(folder.resolve("any"), "any");
    AtomicFile.write(target, "new");
    assertThat(Files.getPosixFilePermissions(target)).isEqualTo(Files.getPosixFilePermissions(any));
    for (String mode : List.of("rw-------", "rw-rw-rw-", "rwxr-x---")) {
      Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
      Files.setPosixFilePermissions(target, permissions);
      AtomicFile.write(
          target,
          temporary -> {
            assertThat(Files.getPosixFilePermissions(temporary)).isEqualTo(permissions);
            Files.writeString(temporary, mode);
          });
      assertThat(target).hasContent(mode);
      assertThat(Files.getPosixFilePermissions(target)).isEqualTo(permissions);
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void seekingWritersCanWriteToPipesAndToLinksToPipes() throws Exception {
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    for (Path target : List.of(pipe, link)) {
      CompletableFuture<String> read =
          CompletableFuture.supplyAsync(
              () -> {
                try (InputStream in = Files.newInputStream(pipe)) {
                  return new String(in.readNBytes(100), UTF_8);
                } catch (IOException e) {
                  return e.toString();
                }
              });
      AtomicFile.write(
          target,
          temporary -> {
            Files.writeString(temporary, "first");
            Files.writeString(temporary, "whole");
          });
      assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("whole");
    }
    assertThat(Files.readAttributes(pipe, "*").get("isOther")).isEqualTo(true);
    assertThat(names()).containsExactly("link", "pipe");
  }

  /** The file is opened as by {@code program > file} with {@code /dev/stdout}. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void openFileDescriptorIsAppendedTo() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "before, ");
    try (OutputStream open = Files.newOutputStream(log)) {
      open.write("before, ".getBytes(UTF_8));
      Path descriptor;
      try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
        descriptor = all.filter(path -> leadsTo(path, log)).findFirst().orElseThrow();
      }
      AtomicFile.write(descriptor, "after");
    }
    assertThat(log).hasContent("before, after");
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void oldTemporaryFilesOfKilledProcessesAreRemoved() throws IOException {
    Path old = Files.writeString(folder.resolve(".x.123.tmp"), "old");
    Path young = Files.writeString(folder.resolve(".x.456.tmp"), "young");
    Path others = Files.writeString(folder.resolve(".x.y.789.tmp"), "others");
    FileTime yesterday = FileTime.from(Instant.now().minusSeconds(86_400));
    Files.setLastModifiedTime(old, yesterday);
    Files.setLastModifiedTime(others, yesterday);
    AtomicFile.write(folder.resolve("x"), "new");
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(others).exists();
  }

  @Test
  void fileNamesMayHaveTheMaximumLength() throws IOException {
    for (String name : List.of("x".repeat(255), "é".repeat(127), "🐕".repeat(63))) {
      Path target = folder.resolve(name);
      AtomicFile.write(target, "old");
      AtomicFile.write(target, "new");
      assertThat(target).hasContent("new");
    }
    assertThat(names()).hasSize(3);
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void fileInAReadOnlyFolderIsWrittenInPlace() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Path target = Files.writeString(closed.resolve("x"), "old and longer");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(closed), "root may write everywhere");
      AtomicFile.write(target, "new");
      assertThat(target).hasContent("new");
      assertThatIOException()
          .isThrownBy(() -> AtomicFile.write(closed.resolve("y"), "new"))
          .withMessage(closed.resolve("y").toString());
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void readOnlyFileIsLeftUnchanged() throws IOException {
    Path target = Files.writeString(folder.resolve("x"), "old");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
    assumeFalse(Files.isWritable(target), "root may write everything");
    assertThatIOException()
        .isThrownBy(() -> AtomicFile.write(target, "new"))
        .withMessage(target.toString());
    assertThat(target).hasContent("old");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
