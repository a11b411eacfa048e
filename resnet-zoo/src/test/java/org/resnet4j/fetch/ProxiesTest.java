package org.resnet4j.fetch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.support.Digest;

/** Downloads use the proxies named in the environment. */
class ProxiesTest {
  private static final String NAME = "weights.bin";
  private static final byte[] CONTENT = "weights".getBytes(UTF_8);
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("ann:s3cr:et".getBytes(UTF_8));
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http_proxy=http://p:3128 | http://a.example/x | p:3128",
        "HTTP_PROXY=http://p:3128 | http://a.example/x | p:3128",
        "http_proxy=p:3128,HTTP_PROXY=q:1 | http://a.example/x | p:3128",
        "http_proxy=p | http://a.example/x | p:1080",
        "http_proxy=http://p:3128 | https://a.example/x | direct",
        "https_proxy=http://p:3128 | https://a.example/x | p:3128",
        "all_proxy=http://p:3128 | https://a.example/x | p:3128",
        "https_proxy=http://p:3128 | https://localhost:8/x | direct",
        "http_proxy=http://p:3128 | http://127.0.0.1:8/x | direct",
        "http_proxy=http://p:3128 | http://[::1]:8/x | direct",
        "https_proxy=http://p:1,no_proxy=example.org;.a.example | https://a.example/x | direct",
        "https_proxy=http://p:1,no_proxy=a.example | https://b.A.example/x | direct",
        "https_proxy=http://p:1,NO_PROXY=*.a.example | https://b.a.example/x | direct",
        "https_proxy=http://p:1,no_proxy=a.example | https://ba.example/x | p:1",
        "https_proxy=http://p:1,no_proxy=a.example:443 | https://a.example/x | direct",
        "https_proxy=http://p:1,no_proxy=a.example:444 | https://a.example/x | p:1",
        "https_proxy=http://p:1,no_proxy=* | https://a.example/x | direct",
        "https_proxy=http://p:1,no_proxy=10.1.2.3 | https://10.1.2.3/x | direct",
        "http_proxy= | http://a.example/x | direct",
      })
  void proxyVariablesAreReadAsByCurl(String variables, String address, String expected) {
    List<Proxy> selected = Proxies.of(environment(variables)).select(URI.create(address));
    assertThat(selected).hasSize(1);
    assertThat(
            selected.get(0).address() instanceof InetSocketAddress proxy
                ? proxy.getHostString() + ":" + proxy.getPort()
                : "direct")
        .isEqualTo(expected);
  }

  private static Map<String, String> environment(String variables) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (String variable : variables.split(",", -1)) {
      int equals = variable.indexOf('=');
      environment.put(
          variable.substring(0, equals), variable.substring(equals + 1).replace(';', ','));
    }
    return environment;
  }

  @Test
  void invalidVariableIsRefusedByNameWithoutItsValue() {
    for (String value :
        new String[] {"socks5://u:s3cret@h:1", "http://u:s3cret@", "http://u:s3cret@h h"}) {
      Proxies proxies = Proxies.of(Map.of("https_proxy", value));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> proxies.select(URI.create("https://a.example/")))
          .withMessageStartingWith("https_proxy: expected http://HOST:PORT or ")
          .satisfies(e -> assertThat(e).hasNoCause())
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
    }
  }

  @Test
  void selectorOfTheProgramComesBeforeTheVariables() {
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(ProxySelector.of(InetSocketAddress.createUnresolved("q", 8)));
    try {
      Proxies proxies = Proxies.of(Map.of("https_proxy", "http://ann:s3cret@p:3128"));
      URI address = URI.create("https://a.example/x");
      assertThat(proxies.nextServer(address)).isEqualTo("the proxy q:8");
      assertThat(proxies.authorization(address)).isNull();
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void plainHttpGoesThroughAProxyWithAPassword() throws Exception {
    try (FileServer proxy = new FileServer()) {
      List<String> seen = Collections.synchronizedList(new ArrayList<>());
      proxy.put(NAME, CONTENT);
      proxy.next(
          (exchange, file) -> {
            seen.add(exchange.getRequestURI().toString());
            seen.add(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            FileServer.whole().to(exchange, file);
          });
      String named = "http://ann:s3cr%3Aet@localhost:" + proxy.address().getPort();
      bring("http://files.invalid/" + NAME, folder, Proxies.of(Map.of("HTTP_PROXY", named)));
      assertThat(seen).containsExactly("http://files.invalid/" + NAME, BASIC);
      assertThat(folder.resolve(NAME)).hasBinaryContent(CONTENT);
    }
  }

  @Test
  void unreachableProxyIsNamedWithoutItsPassword() {
    Map<String, String> environment = Map.of("http_proxy", "http://ann:s3cret@localhost:1");
    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                IOException.class,
                () -> bring("http://files.invalid/" + NAME, folder, Proxies.of(environment))))
        .hasMessage(
            "http://files.invalid/weights.bin: no connection: the proxy localhost:1 refuses connections; check the network and its proxy, or put the file there by hand: "
                + folder.resolve(NAME));
  }

  /**
   * The test runs in a JVM of its own, because Java reads the environment and its tunnel settings
   * once.
   */
  @Test
  void httpsGoesThroughATunnelWithAPassword() throws Exception {
    Path store = certificate();
    try (Tunnel proxy = new Tunnel()) {
      HttpsServer server = httpsServer(store);
      proxy.to = server.getAddress().getPort();
      String address = "https://files.invalid:" + proxy.to + "/" + NAME;
      try {
        String named = "localhost:" + proxy.port();
        assertThat(child(store, address, "http://ann:s3cr%3Aet@" + named)).isEmpty();
        assertThat(folder.resolve(NAME)).hasBinaryContent(CONTENT);
        Files.delete(folder.resolve(NAME));
        assertThat(proxy.heads)
            .hasSize(1)
            .first()
            .asString()
            .startsWith("CONNECT files.invalid:" + proxy.to + " ")
            .contains("Proxy-Authorization: " + BASIC);
        assertThat(child(store, address, "http://" + named))
            .contains(
                "expected the file but the answer was 407: the proxy asks for a name and a password");
        assertThat(child(null, address, "http://ann:s3cr%3Aet@" + named))
            .contains(
                "the certificate of the proxy " + named + " is not trusted",
                "javax.net.ssl.trustStore")
            .doesNotContain("s3cr");
        String property = "-Dhttps.proxyHost=localhost -Dhttps.proxyPort=" + proxy.port();
        String password = " -Dhttps.proxyUser=ann -Dhttps.proxyPassword=s3cr:et";
        assertThat(
                child(store, address, "http://localhost:1", (property + password).split(" ", -1)))
            .isEmpty();
        assertThat(folder.resolve(NAME)).hasBinaryContent(CONTENT);
        Files.delete(folder.resolve(NAME));
        assertThat(
                child(
                    store,
                    address,
                    "",
                    "-Dhttps.proxyHost=localhost",
                    "-Dhttps.proxyPort=1",
                    "-Dhttp.nonProxyHosts=*.invalid"))
            .contains("no connection: ")
            .doesNotContain("proxy localhost");
      } finally {
        server.stop(0);
      }
    }
  }

  /** Runs the download for {@link #httpsGoesThroughATunnelWithAPassword}. */
  public static void main(String[] arguments) throws Exception {
    try {
      bring(arguments[0], Path.of(arguments[1]), Proxies.usual());
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void bring(String address, Path folder, Proxies proxies) throws Exception {
    RetryPolicy patience =
        new RetryPolicy(
            Duration.ofSeconds(5), Duration.ofSeconds(5), 2, Duration.ofMillis(1), pause -> {});
    try (Downloads downloads = Downloads.into(folder, patience, FetchProgress.SILENT, proxies)) {
      downloads.file(
          Download.exact(URI.create(address), CONTENT.length, Digest.sha256().add(CONTENT).hex()));
    }
  }

  private String child(@Nullable Path store, String address, String proxy, String... options)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (store != null) {
      command.add("-Djavax.net.ssl.trustStore=" + store);
      command.add("-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ProxiesTest.class.getName(), address, folder.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("https_proxy", proxy);
    builder.environment().keySet().removeAll(List.of("no_proxy", "NO_PROXY"));
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** Returns a self-signed certificate of files.invalid. */
  private Path certificate() throws Exception {
    Path store = folder.resolve("keys");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    assumeTrue(Files.isExecutable(keytool), "a JDK makes the certificate");
    Process process =
        new ProcessBuilder(
                (keytool
                        + " -genkeypair -alias a -keyalg EC -dname CN=files.invalid -ext san=dns:files.invalid"
                        + " -storepass "
                        + PASSWORD
                        + " -keystore "
                        + store)
                    .split(" ", -1))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return store;
  }

  private static HttpsServer httpsServer(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            assertThat(exchange.getRequestHeaders().containsKey("Proxy-Authorization")).isFalse();
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT);
          }
        });
    server.start();
    return server;
  }

  /** A proxy that tunnels for clients that send the password. */
  private static final class Tunnel implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    final List<String> heads = Collections.synchronizedList(new ArrayList<>());
    volatile int to;

    Tunnel() throws IOException {
      start(
          () -> {
            while (true) {
              Socket client = listener.accept();
              start(() -> serve(client));
            }
          });
    }

    int port() {
      return listener.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.getInputStream().read());
      }
      heads.add(head.toString());
      if (head.indexOf(BASIC) < 0) {
        client
            .getOutputStream()
            .write(
                "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(US_ASCII));
        client.close();
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), to);
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
      start(() -> copy(client, server));
      copy(server, client);
    }

    private static void copy(Socket from, Socket into) throws IOException {
      try (into) {
        InputStream in = from.getInputStream();
        in.transferTo(into.getOutputStream());
      }
    }

    private interface Work {
      void run() throws IOException;
    }

    private static void start(Work work) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  work.run();
                } catch (IOException e) {
                  // The other side has closed the connection.
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
