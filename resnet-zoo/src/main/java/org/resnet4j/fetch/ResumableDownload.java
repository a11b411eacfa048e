package org.resnet4j.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
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
 * Downloads one file of known checksum to a {@code .part} file, which a later run continues if this
 * one is interrupted.
 */
final class ResumableDownload {
  /** The number of bytes received that makes an attempt count as successful. */
  private static final long WORTHWHILE = 1 << 20;

  private static final int MOST_REDIRECTS = 5;

  /** The number of attempts to connect before any byte was received. */
  private static final int FIRST_ATTEMPTS = 2;

  private final HttpClient client;
  private final RetryPolicy patience;
  private final FetchProgress progress;
  private final Proxies proxies;

  ResumableDownload(RetryPolicy patience, FetchProgress progress, Proxies proxies) {
    this.patience = patience;
    this.progress = progress;
    this.proxies = proxies;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(proxies)
            // Redirects are followed here, because passwords are for one server.
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.connect())
            .build();
  }

  /** Returns once {@code part} holds the verified file. */
  void bring(Download file, Path part) throws IOException, InterruptedException {
    URI from = checked(file.address());
    boolean startedAgain = false;
    boolean begun = false;
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
          throw new RefusedDownloadException(
              from, "expected " + file.checksum() + " but was " + actual);
        }
        startedAgain = true;
        progress.note(
            UserInfo.hidden(from) + ": what an earlier attempt left does not fit; starting again");
      } catch (RefusedDownloadException | DiskWriteException e) {
        throw e;
      } catch (IOException e) {
        long received = length(part) - before;
        begun |= received > 0;
        failures = received >= WORTHWHILE ? 1 : failures + 1;
        if (failures >= (begun ? patience.attempts() : firstAttempts(e))) {
          throw e instanceof NoConnectionException && !begun
              ? e
              : new Interruption(from, file, length(part), reason(e), e);
        }
        progress.note(UserInfo.hidden(from) + ": " + reason(e) + "; trying again");
        patience.sleeper().sleep(patience.pauseAfter(failures));
      }
    }
  }

  /** Returns the number of attempts before any byte was received. */
  private int firstAttempts(IOException failure) {
    if (failure instanceof NoConnectionException none && !none.mayPass()) {
      return 1;
    }
    return failure instanceof NoConnectionException
            || failure.getCause() instanceof TimeoutException
        ? Math.min(FIRST_ATTEMPTS, patience.attempts())
        : patience.attempts();
  }

  /**
   * Returns whether all bytes were received in this attempt; false if some are from an earlier one.
   */
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
    RangeResponse answer = new RangeResponse(from, file, answer(from, have));
    try (answer;
        FileChannel out =
            FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      RangeResponse.Span span = answer.open(have, out);
      requireRoom(part, span);
      answer.copy(span, out, part, patience.idle(), progress);
      return span.start() == 0;
    }
  }

  /** Refuses a remainder that is larger than the free space on the disk. */
  private static void requireRoom(Path part, RangeResponse.Span span) throws IOException {
    long free = Files.getFileStore(part).getUsableSpace();
    if (span.total() - span.start() > free) {
      throw new DiskWriteException(
          part,
          "expected room for "
              + (span.total() - span.start())
              + " more bytes but the disk has "
              + free,
          null);
    }
  }

  /** Returns whether a part is the whole file, if its length is not known. */
  private static boolean isWhole(Download file, long have, Path part) throws IOException {
    return have > 0 && have <= file.most() && file.checksum().matches(part);
  }

  /** Returns the response of the server that has the file, after at most five redirects. */
  private HttpResponse<HttpBody> answer(URI from, long have)
      throws IOException, InterruptedException {
    URI at = from;
    for (int redirects = 0; ; redirects++) {
      HttpResponse<HttpBody> answer = send(at, request(from, at, have));
      URI next = redirects < MOST_REDIRECTS ? Redirect.of(answer, at) : null;
      if (next == null) {
        return answer;
      }
      answer.body().close();
      at = next;
    }
  }

  /** Returns the request; name and password in {@code from} are sent to its own server alone. */
  private HttpRequest request(URI from, URI at, long have) {
    HttpRequest.Builder request = HttpRequest.newBuilder(UserInfo.hidden(at));
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    String server = Redirect.isSameServer(from, at) ? UserInfo.basic(from) : null;
    if (server != null) {
      request.header("Authorization", server);
    }
    String proxy = proxies.authorization(at);
    if (proxy != null) {
      request.header("Proxy-Authorization", proxy);
    }
    return request.build();
  }

  private HttpResponse<HttpBody> send(URI at, HttpRequest request)
      throws IOException, InterruptedException {
    NoConnectionException.requireAddress(proxies.nextHost(at), patience.connect());
    // HttpRequest's own timeout is not used: in newer JDKs it includes the body.
    CompletableFuture<HttpResponse<HttpBody>> coming =
        client.sendAsync(request, head -> new HttpBody());
    Duration wait = patience.connect().plus(patience.idle());
    try {
      return coming.get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer for " + HttpBody.seconds(wait), e);
    } catch (ExecutionException e) {
      IOException cause =
          e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
      throw NoConnectionException.of(cause, proxies.nextServer(at), patience.connect());
    } finally {
      coming.cancel(true);
    }
  }

  private static URI checked(URI address) {
    String scheme = String.valueOf(address.getScheme());
    if ((!scheme.equals("https") && !scheme.equals("http")) || address.getHost() == null) {
      throw new IllegalArgumentException(
          UserInfo.hidden(address.toString())
              + ": expected https://HOST/… but the address has "
              + (address.getHost() == null ? "no host" : "the scheme " + scheme)
              + "; correct it");
    }
    return address;
  }

  private static long length(Path part) throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private static String reason(IOException e) {
    return e instanceof NoConnectionException
        ? "no connection: " + e.getMessage()
        : e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /**
   * The error of a download all of whose attempts failed; the bytes received are kept for a later
   * run.
   */
  static final class Interruption extends IOException {
    private static final long serialVersionUID = 1;

    Interruption(URI from, Download file, long have, String reason, IOException last) {
      super(
          UserInfo.hidden(from)
              + ": expected "
              + file.length()
              + " but only "
              + have
              + " were received ("
              + reason
              + ")",
          last);
    }
  }
}
