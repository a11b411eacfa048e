package org.resnet4j.data.sets;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.data.sets.DatasetSpec.DataFile;
import org.resnet4j.data.sets.DatasetSpec.Part;
import org.resnet4j.fetch.Download;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.FileServer;
import org.resnet4j.support.Digest;

/** The expected files of an archive are unpacked, and no others. */
class TarMembersTest {
  private static final DatasetSpec DATASET =
      spec(
          Download.exact(
              URI.create("http://localhost/cifar-100-binary.tar.gz"), 0, "0".repeat(64)));

  @TempDir Path folder;
  private Path archive;
  private TarMembers members;

  @BeforeEach
  void archive() {
    archive = folder.resolve("cifar-100-binary.tar.gz");
    members = new TarMembers(DATASET, folder);
  }

  @Test
  void onlyTheFilesOfTheDatasetAreUnpacked() throws IOException {
    write(
        file("cifar-100-binary/readme.html", "no"),
        file("cifar-100-binary/train.bin", "training"),
        file("../train.bin", "training"),
        file("/tmp/train.bin", "training"),
        file("./cifar-100-binary/test.bin", "wrong"),
        file("cifar-100-binary/test.bin", "tests"));
    members.unpack(archive);
    assertThat(names())
        .containsExactlyInAnyOrder(
            "cifar-100-binary.tar.gz",
            "cifar-100-binary",
            "cifar-100-binary/train.bin",
            "cifar-100-binary/test.bin",
            "cifar-100-binary/SHA256SUMS");
    assertThat(unpacked("train.bin")).hasContent("training");
    assertThat(unpacked("test.bin")).hasContent("tests");
    assertThat(members.there()).isTrue();
  }

  @Test
  void unpackedFilesAreRecordedInTheFormatOfSha256sum() throws IOException {
    write(
        file("cifar-100-binary/train.bin", "training"), file("cifar-100-binary/test.bin", "tests"));
    members.unpack(archive);
    assertThat(unpacked("SHA256SUMS"))
        .hasContent(
            Digest.sha256().add("training".getBytes(US_ASCII)).hex()
                + "  train.bin\n"
                + Digest.sha256().add("tests".getBytes(US_ASCII)).hex()
                + "  test.bin\n");
  }

  @Test
  void changedFileIsDetected() throws IOException {
    write(
        file("cifar-100-binary/train.bin", "training"), file("cifar-100-binary/test.bin", "tests"));
    members.unpack(archive);
    Files.writeString(unpacked("test.bin"), "tesTs");
    assertThat(members.there()).isFalse();
    Files.delete(unpacked("test.bin"));
    assertThat(members.there()).isFalse();
  }

  @Test
  void memberOfAnotherLengthIsRefused() throws IOException {
    write(
        file("cifar-100-binary/train.bin", "training"),
        file("cifar-100-binary/test.bin", "testing"));
    assertThatIOException()
        .isThrownBy(() -> members.unpack(archive))
        .withMessage(archive + ": cifar-100-binary/test.bin: expected 5 bytes but was 7");
    assertNothingChanged();
  }

  @Test
  void archiveThatLacksAFileIsRefused() throws IOException {
    write(file("cifar-100-binary/train.bin", "training"));
    assertThatIOException()
        .isThrownBy(() -> members.unpack(archive))
        .withMessage(
            archive + ": expected cifar-100-binary/test.bin but the archive does not hold it");
    assertNothingChanged();
  }

  @Test
  void linksAreNotUnpacked() throws IOException {
    TarArchiveEntry link =
        new TarArchiveEntry("cifar-100-binary/test.bin", TarConstants.LF_SYMLINK);
    link.setLinkName("/etc/passwd");
    write(file("cifar-100-binary/train.bin", "training"), new Member(link, ""));
    assertThatIOException()
        .isThrownBy(() -> members.unpack(archive))
        .withMessageEndingWith("but the archive does not hold it");
    assertNothingChanged();
  }

  @Test
  void brokenArchiveKeepsEarlierFiles() throws IOException {
    write(
        file("cifar-100-binary/train.bin", "training"), file("cifar-100-binary/test.bin", "tests"));
    members.unpack(archive);
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatIOException().isThrownBy(() -> members.unpack(archive));
    assertThat(members.there()).isTrue();
  }

  @Test
  void archiveIsFetchedUnpackedAndKept() throws Exception {
    write(
        file("cifar-100-binary/train.bin", "training"), file("cifar-100-binary/test.bin", "tests"));
    try (FileServer server = new FileServer()) {
      server.put("cifar-100-binary.tar.gz", Files.readAllBytes(archive));
      DatasetSpec spec =
          spec(
              Download.exact(
                  server.address().resolve("cifar-100-binary.tar.gz"),
                  Files.size(archive),
                  Digest.sha256(archive)));
      DataHome home = new DataHome(folder.resolve("cache"), folder.resolve("none"));
      Path fetched = new DatasetFetch(home).fetch(spec, FetchProgress.SILENT);
      new DatasetFetch(home).fetch(spec, FetchProgress.SILENT);
      assertThat(server.requests()).hasSize(1);
      assertThat(fetched.resolve("cifar-100-binary/test.bin")).hasContent("tests");
      assertThat(fetched.resolve("cifar-100-binary.tar.gz.part")).doesNotExist();
    }
  }

  private static DatasetSpec spec(Download download) {
    return TestSpecs.spec(
        Datasets.byName("cifar100"),
        new Part(1, List.of(new DataFile("train.bin", 8))),
        new Part(1, List.of(new DataFile("test.bin", 5))),
        download);
  }

  private record Member(TarArchiveEntry entry, String content) {}

  private static Member file(String name, String content) {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length());
    return new Member(entry, content);
  }

  private void write(Member... content) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (Member member : content) {
        tar.putArchiveEntry(member.entry());
        tar.write(member.content().getBytes(US_ASCII));
        tar.closeArchiveEntry();
      }
    }
  }

  private Path unpacked(String name) {
    return folder.resolve("cifar-100-binary").resolve(name);
  }

  private void assertNothingChanged() throws IOException {
    assertThat(names()).containsExactlyInAnyOrder("cifar-100-binary.tar.gz", "cifar-100-binary");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !file.equals(folder))
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }
}
