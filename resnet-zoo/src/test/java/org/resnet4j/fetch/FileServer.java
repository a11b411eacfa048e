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

/**
 * A server on this machine that serves files correctly, or with the failure set for the next
 * request.
 */
public final class FileServer implements AutoCloseable {
  private final Map<String, byte[]> files = new HashMap<>();
  private final Deque<Response> answers = new ArrayDeque<>();
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

  /**
   * Sets the response to the next request that has none yet; later requests are served correctly.
   */
  public void next(Response answer) {
    answers.add(answer);
  }

  /** Returns the path of each request, and its range if one was requested. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  public interface Response {
    void to(HttpExchange exchange, byte[] file) throws IOException;
  }

  public static Response status(int status) {
    return (exchange, file) -> exchange.sendResponseHeaders(status, -1);
  }

  /** Returns a response with the whole file, whatever range was requested. */
  public static Response whole() {
    return bytes(200, Integer.MAX_VALUE);
  }

  public static Response wrong(byte[] other) {
    return (exchange, file) -> bytes(200, Integer.MAX_VALUE).to(exchange, other);
  }

  /**
   * Returns a response that announces the whole file, sends only {@code count} bytes, and closes
   * the connection.
   */
  public static Response hangUpAfter(int count) {
    return bytes(200, count);
  }

  /** Returns a response without a length. */
  public static Response unannounced(byte[] other) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(other);
    };
  }

  public static Response redirect(String location) {
    return (exchange, file) -> {
      exchange.getResponseHeaders().add("Location", location);
      exchange.sendResponseHeaders(302, -1);
    };
  }

  /**
   * Returns a response that sends {@code count} bytes and then nothing, without closing the
   * connection.
   */
  public Response stallAfter(int count) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, file.length);
      exchange.getResponseBody().write(file, 0, count);
      exchange.getResponseBody().flush();
      awaitClose();
    };
  }

  /** Returns a response that never comes. */
  public Response silence() {
    return (exchange, file) -> awaitClose();
  }

  /** Announces {@code length} bytes and sends none, without hanging up. */
  public Response announced(long length) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(200, length);
      exchange.getResponseBody().flush();
      awaitClose();
    };
  }

  private static Response bytes(int status, int count) {
    return (exchange, file) -> {
      exchange.sendResponseHeaders(status, file.length);
      exchange.getResponseBody().write(file, 0, Math.min(count, file.length));
      // Java 24 and later do not send unflushed bytes, headers included.
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
      Response answer = answers.poll();
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
