package org.resnet4j.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The error of a server that cannot be reached, as without a network. */
final class NoConnectionException extends IOException {
  private static final long serialVersionUID = 1;

  private final boolean mayPass;

  private NoConnectionException(String reason, boolean mayPass, Throwable cause) {
    super(reason, cause);
    this.mayPass = mayPass;
  }

  /** Returns whether another attempt may succeed without a change of the network's settings. */
  boolean mayPass() {
    return mayPass;
  }

  /** Returns the reason. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  /** Returns {@code failure} as this error if there was no connection, or else itself. */
  static IOException of(IOException failure, String server, Duration limit) {
    if (failure instanceof HttpConnectTimeoutException) {
      return new NoConnectionException(
          server + " does not answer within " + seconds(limit), false, failure);
    }
    if (find(failure, UnknownHostException.class) != null
        || find(failure, UnresolvedAddressException.class) != null) {
      return new NoConnectionException("there is no address of " + server, false, failure);
    }
    CertificateException certificate = find(failure, CertificateException.class);
    if (certificate != null) {
      return new NoConnectionException(
          "the certificate of "
              + server
              + " is not trusted; if a proxy of your network reads HTTPS, name a trust store with"
              + " its certificate in -Djavax.net.ssl.trustStore",
          false,
          failure);
    }
    SocketException socket = find(failure, SocketException.class);
    if (socket == null) {
      return failure;
    }
    String message = String.valueOf(socket.getMessage()).toLowerCase(Locale.ROOT);
    if (socket instanceof NoRouteToHostException
        || message.contains("unreachable")
        || message.contains("no route")) {
      return new NoConnectionException("there is no route to " + server, false, failure);
    }
    return socket instanceof ConnectException
        ? new NoConnectionException(server + " refuses connections", true, failure)
        : failure;
  }

  /**
   * Looks up the address of {@code host} within {@code limit}; Java's own look-up may take minutes
   * and cannot be interrupted.
   */
  static void requireAddress(String host, Duration limit)
      throws NoConnectionException, InterruptedException {
    CompletableFuture<Boolean> found = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                found.complete(InetAddress.getByName(host) != null);
              } catch (UnknownHostException e) {
                found.completeExceptionally(e);
              }
            },
            "resnet4j-lookup");
    thread.setDaemon(true);
    thread.start();
    try {
      found.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new NoConnectionException(
          "no address of " + host + " was found within " + seconds(limit), false, e);
    } catch (ExecutionException e) {
      throw new NoConnectionException(
          "there is no address of " + host, false, Objects.requireNonNullElse(e.getCause(), e));
    }
  }

  private static String seconds(Duration limit) {
    return HttpBody.seconds(limit);
  }

  private static <T> @Nullable T find(Throwable failure, Class<T> type) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .limit(20)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElse(null);
  }
}
