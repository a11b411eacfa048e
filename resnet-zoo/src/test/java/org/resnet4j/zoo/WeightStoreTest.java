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
import org.resnet4j.data.sets.DataHome;
import org.resnet4j.fetch.Checksum;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.FileServer;
import org.resnet4j.fetch.RetryPolicy;
import org.resnet4j.support.Digest;

/** Files of a length that nobody published, from a server on this machine that may be bad. */
final class WeightStoreTest {
  /** Within what the parameters of the row, 1.1 MB, allow. */
  private static final byte[] CONTENT = random(900_000, 1);

  private static final byte[] OTHER = random(900_000, 2);
  private static final String SHA256 = Digest.sha256().add(CONTENT).hex();
  private static final String OTHER_SHA256 = Digest.sha256().add(OTHER).hex();

  private static final RetryPolicy SHORT =
      new RetryPolicy(
          Duration.ofMillis(800), Duration.ofMillis(200), 3, Duration.ofMillis(1), pause -> {});

  @TempDir Path cache;
  private FileServer server;
  private final List<String> notes = new ArrayList<>();
  private PretrainedWeights row = TestSets.row(Checksum.sha256Start(SHA256.substring(0, 8)));
  private long done;
  private long total;

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
    server.put(row.name() + "/" + row.file(), CONTENT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void bringsAFileAndSaysHowFarItIs() throws Exception {
    assertThat(fetch()).isEqualTo(target()).hasBinaryContent(CONTENT);
    assertThat(done).isEqualTo(CONTENT.length);
    assertThat(total).isEqualTo(CONTENT.length);
    assertThat(names()).containsExactlyInAnyOrder(".lock", row.file(), row.file() + ".sha256");
    assertThat(store().find(row)).isEqualTo(target());
    assertThat(store().sha256(row)).isEqualTo(SHA256);
    fetch();
    assertThat(server.requests()).hasSize(1);
    assertThat(notes).containsExactly(target() + ": already there, verified");
  }

  @Test
  void everyKindOfChecksumIsEnough() throws Exception {
    row = TestSets.row(Checksum.sha256(SHA256));
    fetch();
    row = TestSets.row(Checksum.md5(md5(CONTENT)));
    assertThat(store().find(row)).hasBinaryContent(CONTENT);
    row = TestSets.row(Checksum.md5(md5(OTHER)));
    assertThatThrownBy(() -> store().find(row))
        .hasMessageContaining("expected MD5 " + md5(OTHER) + " but was " + md5(CONTENT));
  }

  @Test
  void continuesWhereTheConnectionBroke() throws Exception {
    server.next(FileServer.hangUpAfter(400_000));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1)).matches(".* bytes=[1-9]\\d*-");
  }

  @Test
  void continuesAfterAStall() throws Exception {
    server.next(server.stallAfter(300_000));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(notes).hasSize(1).first().asString().contains("no data for 0.2 s; trying again");
  }

  @Test
  void continuesAnEarlierRunAndDoesNotAskForWhatIsWhole() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(CONTENT, 12_345));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).singleElement().asString().endsWith("bytes=12345-");
    Files.move(target(), part());
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void startsAgainWhenTheEarlierBytesAreOfAnotherFile() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(OTHER, 12_345));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(notes).singleElement().asString().endsWith("does not fit; starting again");
  }

  @Test
  void startsAgainWhenThereIsNoSuchRange() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(part(), Arrays.copyOf(CONTENT, 12_345));
    server.next(FileServer.status(416));
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void followsARedirectButNoCircle() throws Exception {
    server.put("moved", CONTENT);
    server.next(FileServer.redirect("/moved"));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    Files.delete(target());
    for (int i = 0; i < 20; i++) {
      server.next(FileServer.redirect("/" + row.name() + "/" + row.file()));
    }
    assertThat(failure()).hasMessageContaining("expected the file but the answer was 302");
  }

  @Test
  void refusesOtherBytesAndKeepsNoneOfThem() throws Exception {
    server.next(FileServer.wrong(OTHER));
    assertThat(failure())
        .hasMessageContaining(
            "expected SHA-256 beginning %s but was %s"
                .formatted(SHA256.substring(0, 8), OTHER_SHA256));
    assertThat(names()).containsExactly(".lock");
  }

  @Test
  void refusesALengthThatNoSuchFileHas() {
    server.next(FileServer.wrong(random(9_000_000, 3)));
    assertThat(failure())
        .hasMessageContaining("expected at most")
        .hasMessageContaining("but the server announces 9000000");
  }

  @Test
  void stopsReadingWhatDoesNotEnd() throws Exception {
    server.next(FileServer.unannounced(random(9_000_000, 3)));
    assertThat(failure()).hasMessageContaining("but the server sends more");
    assertThat(part()).isEmptyFile();
  }

  @Test
  void acceptsAnAnswerWithoutALength() throws Exception {
    server.next(FileServer.unannounced(CONTENT));
    assertThat(fetch()).hasBinaryContent(CONTENT);
    assertThat(total).isEqualTo(-1);
  }

  @Test
  void keepsWhatCameWhenItGivesUp() throws Exception {
    server.next(FileServer.hangUpAfter(200_000));
    server.next(FileServer.status(503));
    server.next(FileServer.status(503));
    assertThat(failure())
        .hasMessageContaining("were received (the server answered 503); fetch again to continue");
    assertThat(Files.size(part())).isPositive();
    assertThatThrownBy(() -> store().find(row)).isInstanceOf(FileNotFoundException.class);
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  @Test
  void saysHowToGetWhatIsNotHere() {
    assertThatThrownBy(() -> store().find(row))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage(
            "%s: there is no %s; call WeightStore.fetch, or download %s and put it there"
                .formatted(row.name(), target(), row.address()));
  }

  @Test
  void aFileThatWasPutThereByHandIsAsGood() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(target(), CONTENT);
    assertThat(store().has(row)).isTrue();
    assertThat(store().find(row)).isEqualTo(target());
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aFileThatIsNotWhatItShouldBeIsNeverHandedOut() throws Exception {
    Files.createDirectories(target().getParent());
    Files.write(target(), OTHER);
    assertThatThrownBy(() -> store().find(row))
        .hasMessage(
            "%s: %s: expected SHA-256 beginning %s but was %s; delete it and fetch it again, or choose the weights that it belongs to"
                .formatted(row.name(), target(), SHA256.substring(0, 8), OTHER_SHA256));
    assertThatThrownBy(() -> Pretrained.of(row, target())).hasMessageContaining(OTHER_SHA256);
    assertThat(fetch()).hasBinaryContent(CONTENT);
  }

  /** Eight digits of a sum: another file that has them takes minutes to make. */
  @Test
  void aShortSumNeedsAWayThatNobodyCanChange() throws Exception {
    WeightStore plain = store().from(URI.create("http://ann:s3cret@files.invalid/")).with(SHORT);
    assertThatThrownBy(() -> plain.fetch(row, FetchProgress.SILENT))
        .hasMessage(
            row.name()
                + ": expected an address of https, because the publisher's SHA-256 beginning "
                + SHA256.substring(0, 8)
                + " is too short to tell the file from a forged one; name such a server, or allow plain HTTP at your own risk");
    assertThatThrownBy(() -> plain.allowPlainHttp().fetch(row, FetchProgress.SILENT))
        .hasMessageContaining("http://files.invalid/")
        .hasMessageContaining("were received (no connection");
    row = TestSets.row(Checksum.sha256(SHA256));
    assertThatThrownBy(() -> plain.fetch(row, FetchProgress.SILENT))
        .hasMessageContaining("were received (no connection");
  }

  @Test
  void whatIsNoLongerWhatFirstCameIsNotLoaded() throws Exception {
    fetch();
    Files.writeString(
        target().resolveSibling(row.file() + ".sha256"), OTHER_SHA256 + "  " + row.file() + "\n");
    assertThatThrownBy(() -> store().find(row))
        .hasMessageContaining("expected SHA-256 " + OTHER_SHA256 + ", as at its first download");
    assertThatThrownBy(() -> Pretrained.of(row, target()))
        .hasMessageContaining("as at its first download");
    assertThatThrownBy(() -> Zoo.load(row, target(), LoadOptions.strict()))
        .hasMessageContaining("as at its first download");
  }

  private Path fetch() throws IOException, InterruptedException {
    FetchProgress progress =
        new FetchProgress() {
          @Override
          public void bytes(String file, long now, long of) {
            assertThat(file).isEqualTo(row.file());
            done = now;
            total = of;
          }

          @Override
          public void note(String sentence) {
            notes.add(sentence);
          }
        };
    return store().from(server.address()).with(SHORT).fetch(row, progress);
  }

  private IOException failure() {
    return catchThrowableOfType(IOException.class, this::fetch);
  }

  private WeightStore store() {
    return WeightStore.of(new DataHome(cache, cache.resolve("none")));
  }

  private Path target() {
    return cache.resolve("weights").resolve(row.name()).resolve(row.file());
  }

  private Path part() {
    return target().resolveSibling(row.file() + ".part");
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

  private static byte[] random(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
