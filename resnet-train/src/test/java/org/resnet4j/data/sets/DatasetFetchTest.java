package org.resnet4j.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.resnet4j.fetch.Download;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.FileServer;
import org.resnet4j.fetch.RetryPolicy;
import org.resnet4j.support.Digest;

/** Downloads recover from or report every kind of failure, here of a server on this machine. */
class DatasetFetchTest {
  private static final String NAME = "t10k-labels-idx1-ubyte.gz";
  private static final byte[] CONTENT = random(50_000, 1);
  private static final byte[] OTHER = random(50_000, 2);
  private static final String SHA256 = Digest.sha256().add(CONTENT).hex();
  private static final String OTHER_SHA256 = Digest.sha256().add(OTHER).hex();

  @TempDir Path cache;
  private FileServer server;
  private final List<Duration> pauses = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Duration connect = Duration.ofSeconds(10);
  private Duration idle = Duration.ofSeconds(10);
  private long seen;

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
    server.put(NAME, CONTENT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fileIsDownloadedWithProgress() throws Exception {
    assertThat(fetch()).isEqualTo(folder());
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    assertThat(seen).isEqualTo(CONTENT.length);
    assertThat(names()).containsExactlyInAnyOrder(".lock", NAME);
    assertThat(server.requests()).containsExactly("/" + NAME);
  }

  @Test
  void validFileIsKept() throws Exception {
    fetch();
    fetch();
    assertThat(server.requests()).hasSize(1);
    assertThat(notes).containsExactly(target() + ": already there, verified");
  }

  @Test
  void corruptFileIsReplaced() throws Exception {
    Files.createDirectories(folder());
    Files.write(target(), OTHER);
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void downloadContinuesAfterABrokenConnection() throws Exception {
    server.next(FileServer.hangUpAfter(20_000));
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1)).matches("/" + NAME + " bytes=[1-9]\\d*-");
  }

  @Test
  void downloadContinuesAfterAnEarlierRun() throws Exception {
    leave(Arrays.copyOf(CONTENT, 12_345));
    fetch();
    assertThat(server.requests()).containsExactly("/" + NAME + " bytes=12345-");
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void downloadRestartsIfTheServerIgnoresTheRange() throws Exception {
    leave(Arrays.copyOf(CONTENT, 12_345));
    server.next(FileServer.whole());
    fetch();
    assertThat(server.requests()).hasSize(1);
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void downloadRestartsIfTheRangeIsNotSatisfiable() throws Exception {
    leave(Arrays.copyOf(CONTENT, 12_345));
    server.next(FileServer.status(416));
    fetch();
    assertThat(server.requests()).containsExactly("/" + NAME + " bytes=12345-", "/" + NAME);
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void downloadRestartsIfAnotherRangeIsSent() throws Exception {
    leave(Arrays.copyOf(CONTENT, 12_345));
    server.next(
        (exchange, file) -> {
          exchange.getResponseHeaders().add("Content-Range", "bytes 0-9/10");
          exchange.sendResponseHeaders(206, 10);
          exchange.getResponseBody().write(file, 0, 10);
        });
    fetch();
    assertThat(notes)
        .containsExactly(
            address()
                + ": expected bytes 12345-49999/50000 but was sent bytes 0-9/10; trying again");
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void downloadRestartsIfTheEarlierBytesAreOfAnotherVersion() throws Exception {
    leave(Arrays.copyOf(OTHER, 12_345));
    fetch();
    assertThat(notes)
        .containsExactly(address() + ": what an earlier attempt left does not fit; starting again");
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void completePartIsVerifiedWithoutARequest() throws Exception {
    leave(CONTENT);
    fetch();
    assertThat(server.requests()).isEmpty();
    assertThat(target()).exists();
  }

  @Test
  void partThatIsTooLongIsDiscarded() throws Exception {
    leave(Arrays.copyOf(CONTENT, 60_000));
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void retriesFollowAfterIncreasingPauses() throws Exception {
    server.next(FileServer.status(503));
    server.next(FileServer.status(500));
    fetch();
    assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(notes)
        .containsExactly(
            address() + ": the server answered 503; trying again",
            address() + ": the server answered 500; trying again");
  }

  @Test
  void failedDownloadKeepsItsPart() throws Exception {
    server.next(FileServer.hangUpAfter(20_000));
    server.next(FileServer.status(503));
    server.next(FileServer.status(503));
    IOException refusal = failure();
    long kept = Files.size(part());
    assertThat(kept).isPositive();
    assertThat(refusal)
        .hasMessage(
            address()
                + ": expected 50000 bytes but only "
                + kept
                + " were received (the server answered 503); fetch again to continue");
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void stalledServerTimesOut() throws Exception {
    idle = Duration.ofMillis(100);
    for (int i = 0; i < 3; i++) {
      server.next(server.stallAfter(0));
    }
    assertThat(failure())
        .hasMessage(
            address()
                + ": expected 50000 bytes but only 0 were received (no data for 0.1 s);"
                + " fetch again to continue");
  }

  @Test
  void silentServerTimesOut() throws Exception {
    connect = Duration.ofMillis(400);
    idle = Duration.ofMillis(100);
    for (int i = 0; i < 3; i++) {
      server.next(server.silence());
    }
    assertThat(failure())
        .hasMessage(
            address()
                + ": expected 50000 bytes but only 0 were received (no answer for 0.5 s);"
                + " fetch again to continue");
  }

  @Test
  void downloadContinuesAfterAStall() throws Exception {
    idle = Duration.ofSeconds(1);
    server.next(server.stallAfter(30_000));
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    assertThat(notes).containsExactly(address() + ": no data for 1.0 s; trying again");
  }

  @Test
  void wrongLengthIsRefusedBeforeAnythingIsWritten() throws Exception {
    server.next(FileServer.wrong(random(1_234, 3)));
    assertThat(failure())
        .hasMessage(address() + ": expected 50000 bytes but the server announces 1234" + byHand());
    assertThat(names()).containsExactlyInAnyOrder(".lock", NAME + ".part");
    assertThat(part()).isEmptyFile();
  }

  @Test
  void readingStopsAtTheDeclaredLength() throws Exception {
    server.next(FileServer.unannounced(random(5_000_000, 3)));
    assertThat(failure())
        .hasMessage(address() + ": expected 50000 bytes but the server sends more" + byHand());
    assertThat(part()).isEmptyFile();
  }

  @Test
  void responseWithoutALengthIsAccepted() throws Exception {
    server.next(FileServer.unannounced(CONTENT));
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void fileWithAnotherChecksumIsRefused() throws Exception {
    server.put(NAME, OTHER);
    assertThat(failure())
        .hasMessage(
            address() + ": expected SHA-256 " + SHA256 + " but was " + OTHER_SHA256 + byHand());
    assertThat(names()).containsExactly(".lock");
  }

  @Test
  void failureKeepsAnEarlierFile() throws Exception {
    Files.createDirectories(folder());
    Files.writeString(target(), "older");
    server.put(NAME, OTHER);
    failure();
    assertThat(target()).hasContent("older");
  }

  @Test
  void missingFileIsRefusedWithoutRetries() {
    server.next(FileServer.status(404));
    assertThat(failure())
        .hasMessage(address() + ": expected the file but the answer was 404" + byHand());
    assertThat(pauses).isEmpty();
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    server.put("moved/" + NAME, CONTENT);
    server.next(FileServer.redirect("/moved/" + NAME));
    fetch();
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
    assertThat(server.requests()).containsExactly("/" + NAME, "/moved/" + NAME);
  }

  @Test
  void circularRedirectsAreRefused() {
    for (int i = 0; i < 20; i++) {
      server.next(FileServer.redirect("/" + NAME));
    }
    assertThat(failure())
        .hasMessage(address() + ": expected the file but the answer was 302" + byHand());
  }

  @Test
  void unreachableServerIsReported() {
    server.close();
    assertThat(failure())
        .hasMessage(
            address()
                + ": no connection: localhost refuses connections; check the network and its proxy,"
                + " or put the file there by hand: "
                + target());
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void concurrentDownloadIsRefused() throws Exception {
    Files.createDirectories(folder());
    try (FileChannel other =
        FileChannel.open(
            folder().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertThat(failure())
          .hasMessage(folder() + ": another download is at work here; wait until it ends");
    }
    fetch();
  }

  @Test
  void mirrorReplacesTheOfficialAddress() throws Exception {
    Download official =
        Download.exact(URI.create("http://example.invalid/" + NAME), 50_000, SHA256);
    fetch(TestSpecs.files(official));
    assertThat(Files.readAllBytes(target())).isEqualTo(CONTENT);
  }

  @Test
  void folderDatasetCannotBeDownloaded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fetch(Datasets.byName("folder")))
        .withMessageStartingWith(
            "folder: expected a dataset that can be downloaded, one of [fashion-mnist, mnist, ");
  }

  private Path fetch() throws IOException, InterruptedException {
    return fetch(TestSpecs.files(Download.exact(address(), CONTENT.length, SHA256)));
  }

  private Path fetch(DatasetSpec spec) throws IOException, InterruptedException {
    RetryPolicy patience = new RetryPolicy(connect, idle, 3, Duration.ofSeconds(1), pauses::add);
    FetchProgress progress =
        new FetchProgress() {
          @Override
          public void bytes(String file, long done, long total) {
            assertThat(file).isEqualTo(NAME);
            assertThat(total).isEqualTo(CONTENT.length);
            seen = done;
          }

          @Override
          public void note(String sentence) {
            notes.add(sentence);
          }
        };
    return new DatasetFetch(new DataHome(cache, cache.resolve("none")))
        .from(server.address())
        .with(patience)
        .fetch(spec, progress);
  }

  private IOException failure() {
    return catchThrowableOfType(IOException.class, this::fetch);
  }

  private URI address() {
    return server.address().resolve(NAME);
  }

  private String byHand() {
    return "; try again later, or put the file there by hand: " + target();
  }

  private Path folder() {
    return cache.resolve("datasets/fashion-mnist");
  }

  private Path target() {
    return folder().resolve(NAME);
  }

  private Path part() {
    return folder().resolve(NAME + ".part");
  }

  private void leave(byte[] bytes) throws IOException {
    Files.createDirectories(folder());
    Files.write(part(), bytes);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static byte[] random(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
