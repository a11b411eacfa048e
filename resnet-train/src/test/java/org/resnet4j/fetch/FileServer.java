package org.resnet4j.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on this machine that serves files well, or as badly as the next answer says. */
public final class FileServer implements AutoCloseable {
  private final Map<String, byte[]> files = new HashMap<>();
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  public FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public URI address() {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
  }

  public void put(String name, byte[] bytes) {
    files.put(name, bytes);
  }

  /** How to answer the next request that has no answer yet; afterwards it serves well. */
  public void next(Answer answer) {
    answers.add(answer);
  }

  /** Path, and range if one was asked for. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public interface Answer {
    void to(HttpExchange exchange, byte[] file) throws IOException;
  }

  public static Answer status(int status) {
    return (exchange, file) -> exchange.sendResponseHeaders(status, -1);
  }

  /** The whole file whatever range was asked for. */
  public static Answer whole() {
    return bytes(200, Integer.MAX_VALUE);
  }

  public static Answer wrong(byte[] other) {
    return (exchange, file) -> bytes(200, Integer.MAX_VALUE).to(exchange, other);
  }

  /** Announces everything, sends only {@code count} bytes, and hangs up. */
  public static Answer hangUpAfter(int count) {
    return bytes(200, count);
  }

  /** Says nothing of the length. */
  public static Answer unannounced(byte[] other) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(other);
    };
  }

  public static Answer redirect(String location) {
    return (exchange, file) -> {
      exchange.getResponseHeaders().add("Location", location);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  /** Sends {@code count} bytes and then nothing, without hanging up. */
  public Answer stallAfter(int count) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, file.length);
      exchange.getResponseBody().write(file, 0, count);
      exchange.getResponseBody().flush();
      awaitClose();
    };
  }

  /** Takes the request and does not answer. */
  public Answer silence() {
    return (exchange, file) -> awaitClose();
  }

  private static Answer bytes(int status, int count) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(status, file.length);
      exchange.getResponseBody().write(file, 0, Math.min(count, file.length));
      // Java 24 and later keep what was not flushed, headers included, to themselves.
      exchange.getResponseBody().flush();
    };
  }

  private void awaitClose() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String range = exchange.getRequestHeaders().getFirst("Range");
      String path = exchange.getRequestURI().getPath();
      requests.add(range == null ? path : path + " " + range);
      byte[] file = files.get(path.substring(1));
      Answer answer = answers.poll();
      if (answer != null) {
        answer.to(exchange, file == null ? new byte[0] : file);
      } else if (file == null) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        serve(exchange, file, range);
      }
    }
  }

  private static void serve(HttpExchange exchange, byte[] file, String range) throws IOException {
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (range != null && from >= file.length) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    byte[] rest = Arrays.copyOfRange(file, from, file.length);
    if (range != null) {
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes %s-%s/%s".formatted(from, file.length - 1, file.length));
    }
    exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(rest);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
