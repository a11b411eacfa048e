package org.resnet4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.FileServer;
import org.resnet4j.fetch.RetryPolicy;
import org.resnet4j.support.Digest;

/**
 * Weights are downloaded and verified, here from a faulty server on this machine, in files of an
 * unpublished length.
 */
final class WeightStoreTest {
  /** The content, whose length is within that of the parameters, 1.1 MB. */
  private static final byte[] CONTENT = random(900_000, 1);

  private static final byte[] OTHER = random(900_000, 2);
  private static final String SHA256 = Digest.sha256().add(CONTENT).hex();
  private static final String OTHER_SHA256 = Digest.sha256().add(OTHER).hex();

  @TempDir Path cache;
  private Duration idle = Duration.ofSeconds(10);
  private FileServer server;
  private final List<String> notes = new ArrayList<>();
  private PretrainedWeights weights =
      TestPretrainedWeights.weights(Checksum.sha256Start(SHA256.substring(0, 8)));
  private long done;
  private long total;

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
    server.put(weights.name() + "/" + weights.file(), CONTENT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fileIsDownloadedWithProgress() throws Exception {
    assertThat(fetch()).isEqualTo(target()).hasBinaryContent(CONTENT);
    assertThat(done).isEqualTo(CONTENT.length);
    assertThat(total).isEqualTo(CONTENT.length);
    assertThat(names())
        .containsExactlyInAnyOrder(".lock", weights.file(), weights.file() + ".sha256");
    assertThat(store().find(weights)).isEqualTo(target());
    assertThat(store().sha256(weights)).isEqualTo(SHA256);
    fetch();
    assertThat(server.requests()).hasSize(1);
    assertThat(notes).containsExactly(target() + ": already there, verified");
  }

  @Test
  void everyKindOfChecksumIsVerified() throws Exception {
    weights = TestPretrainedWeights.weights(Checksum.sha256(SHA256));
    fetch();
    weights = TestPretrainedWeights.weights(Checksum.md5(md5(CONTENT)));
    assertThat(store().find(weights)).hasBinaryContent(CONTENT);
    weights = TestPretrainedWeights.weights(Checksum.md5(md5(OTHER)));
    assertThatThrownBy(() -> store().find(weights))
        .hasMessageContaining("expected MD5 " + md5(OTHER) + " but was " + md5(CONTENT));
  }

  @Test
  void downloadContinuesAfterABrokenConnection() throws Exception {
    server.next(FileServer.hangUpAfter(400_000));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1)).matches(".* bytes=[1-9]\\d*-");
  }

  @Test
  void downloadContinuesAfterAStall() throws Exception {
    idle = Duration.ofSeconds(1);
    server.next(server.stallAfter(300_000));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(notes).hasSize(1).first().asString().contains("no data for 1.0 s; trying again");
  }

  @Test
  void downloadContinuesAnEarlierRunAndRequestsNoCompleteFile() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(CONTENT, 12_345));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).singleElement().asString().endsWith("bytes=12345-");
    Files.move(target(), part());
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void downloadRestartsIfTheEarlierBytesAreOfAnotherFile() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(OTHER, 12_345));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(notes).singleElement().asString().endsWith("does not fit; starting again");
  }

  @Test
  void downloadRestartsIfTheRangeIsNotSatisfiable() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(CONTENT, 12_345));
    server.next(FileServer.status(416));
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void redirectsAreFollowedUnlessCircular() throws Exception {
    server.put("moved", CONTENT);
    server.next(FileServer.redirect("/moved"));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    Files.delete(target());
    for (int i = 0; i < 20; i++) {
      server.next(FileServer.redirect("/" + weights.name() + "/" + weights.file()));
    }
    assertThat(failure()).hasMessageContaining("expected the file but the answer was 302");
  }

  @Test
  void fileWithAnotherChecksumIsRefusedAndDeleted() throws Exception {
    server.next(FileServer.wrong(OTHER));
    assertThat(failure())
        .hasMessageContaining(
            "expected SHA-256 beginning %s but was %s"
                .formatted(SHA256.substring(0, 8), OTHER_SHA256));
    assertThat(names()).containsExactly(".lock");
  }

  @Test
  void implausibleLengthIsRefused() {
    server.next(FileServer.wrong(random(9_000_000, 3)));
    assertThat(failure())
        .hasMessageContaining("expected at most")
        .hasMessageContaining("but the server announces 9000000");
  }

  @Test
  void endlessResponseIsCutOff() throws Exception {
    server.next(FileServer.unannounced(random(9_000_000, 3)));
    assertThat(failure()).hasMessageContaining("but the server sends more");
    assertThat(part()).isEmptyFile();
  }

  @Test
  void responseWithoutALengthIsAccepted() throws Exception {
    server.next(FileServer.unannounced(CONTENT));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(total).isEqualTo(-1);
  }

  @Test
  void failedDownloadKeepsItsPart() throws Exception {
    server.next(FileServer.hangUpAfter(200_000));
    server.next(FileServer.status(503));
    server.next(FileServer.status(503));
    assertThat(failure())
        .hasMessageContaining("were received (the server answered 503); fetch again to continue");
    assertThat(Files.size(part())).isPositive();
    assertThatThrownBy(() -> store().find(weights)).isInstanceOf(FileNotFoundException.class);
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void missingFileIsReportedWithTheWayToAllowItsDownload() {
    assertThatThrownBy(() -> store().find(weights))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage(
            "%s: there is no %s; allow the download by RESNET4J_DOWNLOAD=1 in the environment or by WeightStore.usual().downloading(FetchProgress.SILENT), or download %s and put it there"
                .formatted(weights.name(), target(), weights.address()));
  }

  @Test
  void fileCopiedByHandIsAccepted() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(target(), CONTENT);
    assertThat(store().has(weights)).isTrue();
    assertThat(store().find(weights)).isEqualTo(target());
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void fileWithAWrongChecksumIsNeverReturned() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(target(), OTHER);
    assertThatThrownBy(() -> store().find(weights))
        .hasMessage(
            "%s: %s: expected SHA-256 beginning %s but was %s; delete it and fetch it again, or choose the weights that it belongs to"
                .formatted(weights.name(), target(), SHA256.substring(0, 8), OTHER_SHA256));
    assertThatThrownBy(() -> Models.published(weights, target(), LoadOptions.strict()))
        .hasMessageContaining(OTHER_SHA256);
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  /** Eight digits of a checksum are forgeable: finding another file with them takes minutes. */
  @Test
  void shortChecksumRequiresHttps() throws Exception {
    WeightStore plain =
        store().from(URI.create("http://ann:s3cret@files.invalid/")).with(retries());
    assertThatThrownBy(() -> plain.fetch(weights, FetchProgress.SILENT))
        .hasMessage(
            weights.name()
                + ": expected an address of https, because the publisher's SHA-256 beginning "
                + SHA256.substring(0, 8)
                + " is too short to tell the file from a forged one; name such a server, or allow"
                + " plain HTTP at your own risk");
    assertThatThrownBy(() -> plain.allowPlainHttp().fetch(weights, FetchProgress.SILENT))
        .hasMessageContaining("http://files.invalid/")
        .hasMessageContaining(": no connection: ");
    weights = TestPretrainedWeights.weights(Checksum.sha256(SHA256));
    assertThatThrownBy(() -> plain.fetch(weights, FetchProgress.SILENT))
        .hasMessageContaining(": no connection: ");
  }

  @Test
  void fileThatDiffersFromTheFirstDownloadIsNotLoaded() throws Exception {
    fetch();
    Files.writeString(
        target().resolveSibling(weights.file() + ".sha256"),
        OTHER_SHA256 + "  " + weights.file() + "\n");
    assertThatThrownBy(() -> store().find(weights))
        .hasMessageContaining("expected SHA-256 " + OTHER_SHA256 + ", as at its first download");
    assertThatThrownBy(() -> Models.published(weights, target(), LoadOptions.strict()))
        .hasMessageContaining("as at its first download");
    assertThatThrownBy(() -> Models.published(weights, target(), LoadOptions.strict()))
        .hasMessageContaining("as at its first download");
  }

  private Path fetch() throws IOException, InterruptedException {
    FetchProgress progress =
        new FetchProgress() {
          @Override
          public void bytes(String file, long now, long of) {
            assertThat(file).isEqualTo(weights.file());
            done = now;
            total = of;
          }

          @Override
          public void note(String sentence) {
            notes.add(sentence);
          }
        };
    return store().from(server.address()).with(retries()).fetch(weights, progress);
  }

  private IOException failure() {
    return catchThrowableOfType(IOException.class, this::fetch);
  }

  private WeightStore store() {
    return WeightStore.in(cache);
  }

  private Path target() {
    return cache.resolve("weights").resolve(weights.name()).resolve(weights.file());
  }

  private Path part() {
    return target().resolveSibling(weights.file() + ".part");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(target().getParent())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static String md5(byte[] bytes) throws Exception {
    return java.util.HexFormat.of()
        .formatHex(java.security.MessageDigest.getInstance("MD5").digest(bytes));
  }

  private RetryPolicy retries() {
    return new RetryPolicy(Duration.ofSeconds(10), idle, 3, Duration.ofMillis(1), pause -> {});
  }

  private static byte[] random(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
