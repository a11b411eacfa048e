package org.resnet4j.fetch;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, pulled piece by piece with a time limit for each: {@code java.net.http}
 * itself waits without limit once the headers are there. Only the piece being read is requested, so
 * memory use stays small.
 */
final class HttpBody implements BodySubscriber<HttpBody>, AutoCloseable {
  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final CompletableFuture<HttpBody> self = CompletableFuture.completedFuture(this);
  private Flow.@Nullable Subscription subscription;
  private boolean closed;

  /** Returns the next bytes, or null at the end. */
  @Nullable List<ByteBuffer> next(Duration idle) throws IOException, InterruptedException {
    Piece piece = pieces.poll(idle.toNanos(), TimeUnit.NANOSECONDS);
    if (piece == null) {
      throw new IOException("no data for " + seconds(idle));
    }
    if (piece.failure != null) {
      throw new IOException(piece.failure.getMessage(), piece.failure);
    }
    if (piece.bytes != null) {
      request();
    }
    return piece.bytes;
  }

  static String seconds(Duration duration) {
    return duration.toMillis() / 1000.0 + " s";
  }

  @Override
  public CompletionStage<HttpBody> getBody() {
    return self;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription source) {
    if (closed) {
      source.cancel();
      return;
    }
    subscription = source;
    source.request(1);
  }

  private synchronized void request() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    pieces.add(new Piece(bytes, null));
  }

  @Override
  public void onError(Throwable failure) {
    pieces.add(new Piece(null, failure));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(null, null));
  }

  /** Cancels the connection if the body has not ended. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  /** A part of the body: bytes, a failure, or neither at the end. */
  private record Piece(@Nullable List<ByteBuffer> bytes, @Nullable Throwable failure) {}
}
