package org.resnet4j.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.resnet4j.support.Digest;

/**
 * Downloads handle passwords, full disks, slow servers and forged files, with servers on this
 * machine.
 */
class ResumableDownloadTest {
  private static final String NAME = "weights.bin";
  private static final byte[] CONTENT = random(40_000, 1);
  private static final byte[] OTHER = random(40_000, 2);
  private static final String SHA256 = Digest.sha256().add(CONTENT).hex();
  private static final Checksum SHORT = Checksum.sha256Start(SHA256.substring(0, 8));
  private static final String BASIC = basic("ann:s3cr:et/");

  private Duration idle = Duration.ofSeconds(10);
  @TempDir Path folder;
  private FileServer server;
  private FileServer another;
  private final List<String> notes = new ArrayList<>();
  private final List<String> seen = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = new FileServer();
    server.put(NAME, CONTENT);
    another = new FileServer();
    another.put(NAME, CONTENT);
  }

  @AfterEach
  void stop() {
    server.close();
    another.close();
  }

  @Test
  void passwordOfTheAddressIsSentToItsServer() throws Exception {
    server.next(watched());
    fetch(withPassword(server));
    assertThat(seen).containsExactly(BASIC);
    assertThat(folder.resolve(NAME)).hasBinaryContent(CONTENT);
  }

  @Test
  void targetFolderMayBeALink() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path cache = Files.createSymbolicLink(folder.resolve("cache"), disk);
    server.next(watched());
    fetch(Download.exact(withPassword(server), CONTENT.length, SHA256), cache);
    assertThat(disk.resolve(NAME)).hasBinaryContent(CONTENT);
  }

  @Test
  void redirectsForwardThePasswordToTheSameServerOnly() throws Exception {
    server.next(watchedThen(FileServer.redirect("/" + NAME)));
    server.next(watchedThen(FileServer.redirect(another.address() + NAME)));
    another.next(watched());
    fetch(withPassword(server));
    assertThat(seen).containsExactly(BASIC, BASIC, "none");
  }

  @Test
  void passwordInARedirectIsIgnored() throws Exception {
    server.next(
        watchedThen(
            FileServer.redirect(
                another.address().toString().replace("http://", "http://eve:x@") + NAME)));
    another.next(watched());
    fetch(withPassword(server));
    assertThat(seen).containsExactly(BASIC, "none");
  }

  @Test
  void messagesContainNoPassword() throws Exception {
    List<String> messages = new ArrayList<>();
    Download file = Download.exact(withPassword(server), CONTENT.length, SHA256);
    messages.add(file.toString());
    server.next(FileServer.status(503));
    server.next(FileServer.hangUpAfter(100));
    server.next(FileServer.status(503));
    messages.add(failure(file).toString());
    server.next(FileServer.status(401));
    messages.add(failure(file).toString());
    server.next(FileServer.wrong(OTHER));
    server.next(FileServer.wrong(OTHER));
    messages.add(failure(file).toString());
    messages.add(
        failure(file.from(URI.create("http://ann:s3cr%3Aet%2F@localhost:1/" + NAME))).toString());
    messages.addAll(notes);
    assertThat(messages).hasSizeGreaterThan(7);
    assertThat(String.join("\n", messages)).doesNotContain("s3cr").doesNotContain("ann");
    for (String wrong : new String[] {"ftp://ann:s3cret@h/x", "http://ann:s3cret@my_host/x"}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fetch(URI.create(wrong)))
          .withMessageMatching("(ftp://h|http://my_host)/x: expected https://HOST/… but .*");
    }
  }

  @Test
  void refusedPasswordIsReportedWithARemedy() {
    server.next(FileServer.status(401));
    assertThat(failure(exact()))
        .hasMessageContaining(
            server.address()
                + NAME
                + ": expected the file but the answer was 401: the server asks for a name and a password");
  }

  @Test
  void redirectsToOtherSchemesAreRefused() {
    for (String location : new String[] {"file:///etc/passwd", "ftp://h/x", "//", "http://", "%"}) {
      server.next(FileServer.redirect(location));
      assertThat(failure(exact())).as(location).hasMessageContaining("but the answer was 302");
    }
    assertThat(server.requests()).hasSize(5);
  }

  /** The device /dev/full accepts no byte. */
  @Test
  void fullDiskStopsTheDownloadWithoutRetries() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/full")), "Linux has a disk that is full");
    Path part = Files.createSymbolicLink(folder.resolve(NAME + ".part"), Path.of("/dev/full"));
    assertThat(failure(exact()))
        .hasMessageMatching(
            part
                + ": expected to write [0-9]+ more bytes but: No space left on device; make room and fetch again to continue");
    assertThat(server.requests()).hasSize(1);
    assertThat(notes).isEmpty();
  }

  @Test
  void downloadLargerThanTheFreeSpaceIsNotStarted() {
    server.next(server.announced(1L << 60));
    assertThat(failure(Download.upTo(server.address().resolve(NAME), 1L << 61, SHORT)))
        .hasMessageContaining(
            ".part: expected room for 1152921504606846976 more bytes but the disk has ")
        .hasMessageEndingWith("; make room and fetch again to continue");
    assertThat(server.requests()).hasSize(1);
  }

  /** The server sends a byte at a time, each before the read timeout, which could take for ever. */
  @Test
  void verySlowServerTimesOut() {
    idle = Duration.ofMillis(400);
    for (int attempt = 0; attempt < 3; attempt++) {
      server.next(
          (exchange, file) -> {
            exchange.sendResponseHeaders(200, file.length);
            for (byte next : file) {
              exchange.getResponseBody().write(next);
              exchange.getResponseBody().flush();
              pause(20);
            }
          });
    }
    long start = System.nanoTime();
    assertThat(failure(exact()))
        .hasMessageMatching(".* were received \\(only \\d+ bytes in 0 s\\).*");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void firstDownloadRecordsItsFullChecksum() throws Exception {
    fetch(shortSum());
    Path kept = folder.resolve(NAME + ".sha256");
    assertThat(kept).hasContent(SHA256 + "  " + NAME);
    fetch(shortSum());
    assertThat(notes).containsExactly(folder.resolve(NAME) + ": already there, verified");
    assertThat(VerifiedFile.of(folder.resolve(NAME), SHORT).sha256()).isEqualTo(SHA256);
  }

  @Test
  void fullPublishedSha256NeedsNoChecksumRecord() throws Exception {
    fetch(server.address().resolve(NAME));
    assertThat(folder.resolve(NAME + ".sha256")).doesNotExist();
  }

  /** The short checksum has no digits, so that every file matches it. */
  @Test
  void otherFileThatMatchesTheShortChecksumIsRefused() throws Exception {
    Checksum md5 =
        new Checksum(
            Checksum.Kind.MD5, new Checksum(Checksum.Kind.MD5, "0".repeat(32)).of(write(OTHER)));
    Files.writeString(folder.resolve(NAME + ".sha256"), SHA256 + "  " + NAME + "\n");
    String sentence =
        folder.resolve(NAME)
            + ": expected SHA-256 "
            + SHA256
            + ", as at its first download ("
            + NAME
            + ".sha256), but was "
            + Digest.sha256().add(OTHER).hex()
            + ", which fits the published "
            + md5
            + " too; delete the file and fetch it again, and if you know that its publisher has replaced it, delete "
            + NAME
            + ".sha256 first";
    assertThatThrownBy(() -> VerifiedFile.of(folder.resolve(NAME), md5)).hasMessage(sentence);
    Download file = Download.upTo(server.address().resolve(NAME), 50_000, md5);
    assertThatThrownBy(() -> fetch(file)).hasMessage(sentence);
    Files.delete(folder.resolve(NAME));
    server.put(NAME, OTHER);
    assertThatThrownBy(() -> fetch(file)).hasMessage(sentence);
    assertThat(folder.resolve(NAME)).doesNotExist();
  }

  @Test
  void malformedChecksumRecordIsRefusedByName() throws Exception {
    fetch(shortSum());
    Path kept = Files.writeString(folder.resolve(NAME + ".sha256"), "<html>");
    assertThatThrownBy(() -> VerifiedFile.of(folder.resolve(NAME), SHORT))
        .hasMessageStartingWith(kept + ": expected one line of a SHA-256 and a file name");
  }

  @Test
  void fileChangedAfterHashingIsRefused() throws Exception {
    Path file = write(CONTENT);
    VerifiedFile same = VerifiedFile.of(file, SHORT);
    same.requireUnchanged();
    var time = Files.getLastModifiedTime(file);
    Files.write(file, OTHER);
    Files.setLastModifiedTime(file, time);
    assertThatThrownBy(same::requireUnchanged)
        .hasMessageStartingWith(file + ": expected the file that was verified but it was changed");
    VerifiedFile again = VerifiedFile.of(write(CONTENT), SHORT);
    Path replacement = Files.write(folder.resolve("other"), CONTENT);
    Files.move(replacement, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(again::requireUnchanged).hasMessageContaining("was changed");
  }

  /** A file may be read while it is hashed. */
  @Test
  void fileReplacedBeforeItIsHashedIsRefusedAfterwards() throws Exception {
    Path file = write(OTHER);
    Callable<VerifiedFile> task = VerifiedFile.task(file, SHORT);
    assertThatThrownBy(task::call).isInstanceOf(VerifiedFile.MismatchException.class);
    Files.move(
        Files.write(folder.resolve("other"), CONTENT),
        file,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    VerifiedFile verified = task.call();
    assertThatThrownBy(verified::requireUnchanged).hasMessageContaining("was changed");
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve(NAME), bytes);
  }

  private Download shortSum() {
    return Download.upTo(server.address().resolve(NAME), 50_000, SHORT);
  }

  private Download exact() {
    return Download.exact(server.address().resolve(NAME), CONTENT.length, SHA256);
  }

  private static URI withPassword(FileServer server) {
    return URI.create(
        server.address().toString().replace("http://", "http://ann:s3cr%3Aet%2F@") + NAME);
  }

  private FileServer.Response watched() {
    return watchedThen(FileServer.whole());
  }

  private FileServer.Response watchedThen(FileServer.Response answer) {
    return (exchange, file) -> {
      String header = exchange.getRequestHeaders().getFirst("Authorization");
      seen.add(header == null ? "none" : header);
      answer.to(exchange, file);
    };
  }

  private void fetch(URI address) throws IOException, InterruptedException {
    fetch(Download.exact(address, CONTENT.length, SHA256));
  }

  private void fetch(Download file) throws IOException, InterruptedException {
    fetch(file, folder);
  }

  private void fetch(Download file, Path cache) throws IOException, InterruptedException {
    RetryPolicy patience =
        new RetryPolicy(Duration.ofSeconds(10), idle, 3, Duration.ofMillis(1), pause -> {});
    FetchProgress progress =
        new FetchProgress() {
          @Override
          public void bytes(String name, long done, long total) {}

          @Override
          public void note(String sentence) {
            notes.add(sentence);
          }
        };
    try (Downloads downloads = Downloads.into(cache, patience, progress, Proxies.of(Map.of()))) {
      downloads.file(file);
    }
  }

  private IOException failure(Download file) {
    return catchThrowableOfType(IOException.class, () -> fetch(file));
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static String basic(String info) {
    return "Basic " + Base64.getEncoder().encodeToString(info.getBytes(UTF_8));
  }

  private static byte[] random(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return Arrays.copyOf(bytes, count);
  }
}
