package org.resnet4j.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Brings one file of known checksum to a {@code .part} file, which a later run continues where this
 * one stopped.
 */
final class Transfer {
  /** An attempt that brings as much as this does not count as a failed one. */
  private static final long WORTHWHILE = 1 << 20;

  private final HttpClient client;
  private final Patience patience;
  private final FetchProgress progress;

  Transfer(Patience patience, FetchProgress progress) {
    this.patience = patience;
    this.progress = progress;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(patience.connect())
            .build();
  }

  /** Returns when {@code part} holds the file, verified. */
  void bring(Download file, Path part) throws IOException, InterruptedException {
    URI from = file.address();
    boolean startedAgain = false;
    int failures = 0;
    while (true) {
      long before = length(part);
      try {
        boolean whole = receive(from, file, part);
        String actual = file.checksum().of(part);
        if (file.checksum().matches(actual)) {
          return;
        }
        Files.delete(part);
        if (whole || startedAgain) {
          throw new Refusal(from, "expected " + file.checksum() + " but was " + actual);
        }
        startedAgain = true;
        progress.note(from + ": what an earlier attempt left does not fit; starting again");
      } catch (Refusal e) {
        throw e;
      } catch (IOException e) {
        failures = length(part) - before >= WORTHWHILE ? 1 : failures + 1;
        if (failures >= patience.attempts()) {
          throw new Interruption(from, file, length(part), e);
        }
        progress.note("%s: %s; trying again".formatted(from, reason(e)));
        patience.sleeper().sleep(patience.pauseAfter(failures));
      }
    }
  }

  /** Whether all bytes came in this attempt; false when an earlier one left some of them. */
  private boolean receive(URI from, Download file, Path part)
      throws IOException, InterruptedException {
    long have = length(part);
    if (file.hasExactLength() ? have == file.most() : isWhole(file, have, part)) {
      return false;
    }
    if (have > file.most()) {
      Files.delete(part);
      have = 0;
    }
    Answer answer = new Answer(from, file, answer(from, have));
    try (answer;
        FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Answer.Span span = answer.open(have, out);
      answer.copy(span, out, patience.idle(), progress);
      return span.start() == 0;
    }
  }

  /** Whether a part whose length tells nothing is the file. */
  private static boolean isWhole(Download file, long have, Path part) throws IOException {
    return have > 0 && have <= file.most() && file.checksum().matches(part);
  }

  private HttpResponse<HttpBody> answer(URI from, long have)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(from);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    // Not HttpRequest's own timeout: in newer Javas it covers the body too.
    CompletableFuture<HttpResponse<HttpBody>> coming =
        client.sendAsync(request.build(), head -> new HttpBody());
    Duration wait = patience.connect().plus(patience.idle());
    try {
      return coming.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer for " + HttpBody.seconds(wait), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      coming.cancel(true);
    }
  }

  private static long length(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private static String reason(IOException e) {
    if (e instanceof HttpConnectTimeoutException || e instanceof ConnectException) {
      return "no connection";
    }
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** The server has something else: trying again at once will not help. */
  static final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    Refusal(URI from, String finding) {
      super(from + ": " + finding);
    }
  }

  /** Every attempt broke off: what is there is kept, for a later run to continue. */
  static final class Interruption extends IOException {
    private static final long serialVersionUID = 1;

    Interruption(URI from, Download file, long have, IOException last) {
      super(
          "%s: expected %s but only %s came (%s)"
              .formatted(from, file.length(), have, reason(last)),
          last);
    }
  }
}
