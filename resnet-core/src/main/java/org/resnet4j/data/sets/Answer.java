package org.resnet4j.data.sets;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import org.resnet4j.data.sets.DatasetRow.Download;

/** What a server sent when asked for a file, or for its rest. */
record Answer(URI from, Download file, HttpResponse<HttpBody> http) implements AutoCloseable {
  /**
   * Where in the file the answer's body begins when {@code have} bytes of it are there; {@code out}
   * stands there afterwards.
   */
  long start(long have, FileChannel out) throws IOException {
    long start = 0;
    switch (http.statusCode()) {
      case 200 -> {}
      case 206 -> {
        String expected = "bytes %d-%d/%d".formatted(have, file.bytes() - 1, file.bytes());
        String actual = http.headers().firstValue("Content-Range").orElse("nothing");
        if (!actual.equals(expected)) {
          out.truncate(0);
          throw new IOException("expected %s but was sent %s".formatted(expected, actual));
        }
        start = have;
      }
      case 416 -> {
        out.truncate(0);
        throw new IOException("expected bytes from %d on but there are none".formatted(have));
      }
      case 408, 425, 429, 500, 502, 503, 504 ->
          throw new IOException("the server answered " + http.statusCode());
      default ->
          throw new Transfer.Refusal(
              from, "expected the file but the answer was " + http.statusCode());
    }
    long announced = http.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (announced >= 0 && announced != file.bytes() - start) {
      throw new Transfer.Refusal(
          from,
          "expected %d bytes but the server announces %d"
              .formatted(file.bytes() - start, announced));
    }
    out.truncate(start).position(start);
    return start;
  }

  /** Writes the body, no more of it than the file is long. */
  void copy(long start, FileChannel out, Duration idle, FetchProgress progress)
      throws IOException, InterruptedException {
    HttpBody body = http.body();
    long done = start;
    progress.bytes(file.name(), done, file.bytes());
    for (List<ByteBuffer> bytes = body.next(idle); bytes != null; bytes = body.next(idle)) {
      for (ByteBuffer piece : bytes) {
        done += piece.remaining();
        if (done > file.bytes()) {
          out.truncate(0);
          throw new Transfer.Refusal(
              from, "expected %d bytes but the server sends more".formatted(file.bytes()));
        }
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
      progress.bytes(file.name(), done, file.bytes());
    }
    if (done < file.bytes()) {
      throw new IOException(
          "expected %d bytes but the answer ended after %d".formatted(file.bytes(), done));
    }
  }

  @Override
  public void close() {
    http.body().close();
  }
}
