package org.resnet4j.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a network, a download ends within seconds and says what to do. */
class NoConnectionTest {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @TempDir Path folder;

  private final List<Duration> pauses = new ArrayList<>();

  /** Port 1 of this machine is closed, and no name ends in .invalid. */
  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:1/f", "http://nosuch.invalid/f"})
  void unreachableServerIsReportedWithinSeconds(String address) {
    long start = System.nanoTime();
    RetryPolicy patience = new RetryPolicy(LIMIT, LIMIT, 5, Duration.ofSeconds(1), pauses::add);
    IOException failure =
        catchThrowableOfType(
            IOException.class,
            () -> {
              try (Downloads downloads =
                  Downloads.into(folder, patience, FetchProgress.SILENT, Proxies.of(Map.of()))) {
                downloads.file(
                    Download.upTo(URI.create(address), 10, Checksum.sha256("0".repeat(64))));
              }
            });

    assertThat(failure)
        .hasMessageStartingWith(address + ": no connection: ")
        .hasMessageEndingWith(
            "; check the network and its proxy, or put the file there by hand: "
                + folder.resolve("f"));
    assertThat(pauses).hasSizeLessThan(2);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT.multipliedBy(4));
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new HttpConnectTimeoutException("x"), "S does not answer within 2.0 s", false),
        Arguments.of(
            new IOException(new UnknownHostException("S")), "there is no address of S", false),
        Arguments.of(new NoRouteToHostException("x"), "there is no route to S", false),
        Arguments.of(
            new ConnectException("Network is unreachable"), "there is no route to S", false),
        Arguments.of(new SocketException("No route to host"), "there is no route to S", false),
        Arguments.of(new ConnectException("Connection refused"), "S refuses connections", true));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void reasonIsNamedAndRetriedOnlyIfItMayPass(IOException cause, String reason, boolean mayPass) {
    assertThat(NoConnectionException.of(cause, "S", LIMIT))
        .isInstanceOfSatisfying(
            NoConnectionException.class,
            failure -> {
              assertThat(failure).hasMessage(reason);
              assertThat(failure.mayPass()).isEqualTo(mayPass);
            });
  }

  @Test
  void untrustedCertificateIsExplainedAndOtherFailuresAreKept() {
    IOException handshake = new SSLHandshakeException("PKIX path building failed");
    handshake.initCause(new CertificateException("PKIX"));
    assertThat(NoConnectionException.of(handshake, "S", LIMIT))
        .hasMessageStartingWith("the certificate of S is not trusted; ");
    IOException reset = new SocketException("Connection reset");
    assertThat(NoConnectionException.of(reset, "S", LIMIT)).isSameAs(reset);
  }
}
