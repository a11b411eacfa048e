package org.resnet4j.fetch;

import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The target of an HTTP redirect. */
final class Redirect {
  private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

  private Redirect() {}

  /**
   * Returns the redirect's address, or null if there is none that may be followed. Only HTTP and
   * HTTPS are followed, and never from HTTPS to HTTP.
   */
  static @Nullable URI of(HttpResponse<?> answer, URI at) {
    String location = answer.headers().firstValue("Location").orElse("");
    if (!STATUSES.contains(answer.statusCode()) || location.isBlank()) {
      return null;
    }
    URI next;
    try {
      next = UserInfo.hidden(at).resolve(location);
    } catch (IllegalArgumentException e) {
      return null;
    }
    String scheme = scheme(next);
    boolean allowed =
        scheme.equals("https") || (scheme.equals("http") && scheme(at).equals("http"));
    return allowed && next.getHost() != null ? next : null;
  }

  static boolean isSameServer(URI one, URI other) {
    return scheme(one).equals(scheme(other))
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static String scheme(URI address) {
    return String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
  }

  private static int port(URI address) {
    return address.getPort() >= 0 ? address.getPort() : scheme(address).equals("https") ? 443 : 80;
  }
}
