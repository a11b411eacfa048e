package org.resnet4j.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server's response to a request for a file or for its remainder. */
record RangeResponse(URI from, Download file, HttpResponse<HttpBody> http)
    implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

  /**
   * The position of a body in its file.
   *
   * @param start offset in the file at which the body begins
   * @param total length of the whole file, or -1 if unknown
   */
  record Span(long start, long total) {}

  /**
   * Returns the part of the file in the body, when {@code have} bytes are already there, and
   * positions {@code out} at its start.
   */
  Span open(long have, FileChannel out) throws IOException {
    Span span =
        switch (http.statusCode()) {
          case 200 -> new Span(0, total(0));
          case 206 -> rest(have, out);
          case 416 -> {
            out.truncate(0);
            throw new IOException("expected bytes from %s on but there are none".formatted(have));
          }
          case 408, 425, 429, 500, 502, 503, 504 ->
              throw new IOException("the server answered " + http.statusCode());
          case 401 ->
              throw new RefusedDownloadException(
                  from,
                  "expected the file but the answer was 401: the server asks for a name and a"
                      + " password, as in https://NAME:PASSWORD@HOST/");
          case 407 ->
              throw new RefusedDownloadException(
                  from,
                  "expected the file but the answer was 407: the proxy asks for a name and a"
                      + " password, or does not accept those that it got; name them as in"
                      + " https_proxy=http://NAME:PASSWORD@HOST:PORT");
          default ->
              throw new RefusedDownloadException(
                  from, "expected the file but the answer was " + http.statusCode());
        };
    out.truncate(span.start).position(span.start);
    return span;
  }

  private Span rest(long have, FileChannel out) throws IOException {
    String actual = http.headers().firstValue("Content-Range").orElse("nothing");
    Matcher range = RANGE.matcher(actual);
    boolean fits = range.matches() && Long.parseLong(range.group(1)) == have;
    long total = fits ? Long.parseLong(range.group(3)) : -1;
    if (!fits
        || Long.parseLong(range.group(2)) != total - 1
        || total < file.least()
        || total > file.most()) {
      out.truncate(0);
      throw new IOException(
          "expected bytes %s-%s but was sent %s"
              .formatted(
                  have, file.hasExactLength() ? file.most() - 1 + "/" + file.most() : "", actual));
    }
    long announced = total(have);
    if (announced >= 0 && announced != total) {
      throw new RefusedDownloadException(
          from,
          "expected %s bytes but the server announces %s"
              .formatted(total - have, announced - have));
    }
    return new Span(have, total);
  }

  /**
   * Returns the file's length, computed from the announced length of the body that begins at {@code
   * start}, or -1.
   */
  private long total(long start) throws IOException {
    long announced = http.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (announced < 0) {
      return file.hasExactLength() ? file.most() : -1;
    }
    if (announced > file.most() - start || announced < file.least() - start) {
      throw new RefusedDownloadException(
          from, "expected %s but the server announces %s".formatted(lengthFrom(start), announced));
    }
    return start + announced;
  }

  private String lengthFrom(long start) {
    return file.hasExactLength() ? file.most() - start + " bytes" : file.length();
  }

  /** Writes the body to {@code out}; refuses more bytes than the file has. */
  void copy(Span span, FileChannel out, Path part, Duration idle, FetchProgress progress)
      throws IOException, InterruptedException {
    HttpBody body = http.body();
    TransferRate pace = new TransferRate(idle.multipliedBy(2));
    long done = span.start;
    long most = span.total < 0 ? file.most() : span.total;
    progress.bytes(file.name(), done, span.total);
    for (List<ByteBuffer> bytes = body.next(idle); bytes != null; bytes = body.next(idle)) {
      for (ByteBuffer piece : bytes) {
        done += piece.remaining();
        if (done > most) {
          out.truncate(0);
          throw new RefusedDownloadException(
              from, "expected %s but the server sends more".formatted(file.length()));
        }
        pace.add(piece.remaining());
        write(piece, out, part);
      }
      progress.bytes(file.name(), done, span.total);
    }
    if (done < Math.max(span.total, file.least())) {
      throw new IOException(
          "expected %s but the answer ended after %s".formatted(file.length(), done));
    }
  }

  private static void write(ByteBuffer piece, FileChannel out, Path part)
      throws DiskWriteException {
    int count = piece.remaining();
    try {
      while (piece.hasRemaining()) {
        out.write(piece);
      }
    } catch (IOException e) {
      throw new DiskWriteException(
          part, "expected to write " + count + " more bytes but: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    http.body().close();
  }
}
