package org.resnet4j.fetch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Selects the proxy for an address. Java's own settings ({@code -Dhttps.proxyHost} and the like,
 * with {@code proxyUser} and {@code proxyPassword}) take precedence for their scheme, and so does a
 * selector that the program has set as the default. Otherwise the variables {@code http_proxy},
 * {@code https_proxy}, {@code all_proxy} and {@code no_proxy} apply, in lower or upper case, as
 * curl reads them.
 */
final class Proxies extends ProxySelector {
  /** The property that must be empty for Java to send a password to a proxy that tunnels HTTPS. */
  private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

  private static final int USUAL_PORT = 1080;

  /** The selector of a program that has set none as the default. */
  private static final ProxySelector NONE = ProxySelector.of(null);

  private final Map<String, String> environment;
  private final ProxySelector java;

  private Proxies(Map<String, String> environment, ProxySelector java) {
    this.environment = environment;
    this.java = java;
  }

  /** Returns the proxies of this process. */
  static Proxies usual() {
    Proxies proxies = of(System.getenv());
    if (proxies.hasPasswordForHttps() && System.getProperty(TUNNELING) == null) {
      System.setProperty(TUNNELING, "");
    }
    return proxies;
  }

  private boolean hasPasswordForHttps() {
    try {
      URI https = named("https");
      return (https != null && https.getUserInfo() != null) || property("https", "User") != null;
    } catch (IllegalArgumentException e) {
      // An invalid address is refused when it is used.
      return false;
    }
  }

  static Proxies of(Map<String, String> environment) {
    ProxySelector java = ProxySelector.getDefault();
    return new Proxies(environment, java == null ? NONE : java);
  }

  @Override
  public List<Proxy> select(URI address) {
    URI proxy = proxy(address);
    return proxy == null
        ? java.select(address)
        : List.of(
            new Proxy(
                Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port(proxy))));
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    java.connectFailed(address, proxy, failure);
  }

  /** Returns the value of a {@code Proxy-Authorization} header, or null. */
  @Nullable String authorization(URI address) {
    String scheme = String.valueOf(address.getScheme());
    if (property(scheme, "Host") != null) {
      String user = property(scheme, "User");
      return user == null || isDirect(address)
          ? null
          : UserInfo.basic(user, Objects.requireNonNullElse(property(scheme, "Password"), ""));
    }
    URI proxy = proxy(address);
    return proxy == null ? null : UserInfo.basic(proxy);
  }

  private boolean isDirect(URI address) {
    return socket(address) == null;
  }

  /** Returns the host to which a connection is made: the proxy's, or the server's. */
  String nextHost(URI address) {
    InetSocketAddress proxy = socket(address);
    return proxy == null ? address.getHost() : proxy.getHostString();
  }

  /** Returns the proxy or the server for messages. */
  String nextServer(URI address) {
    InetSocketAddress proxy = socket(address);
    return proxy == null
        ? address.getHost()
        : "the proxy " + proxy.getHostString() + ":" + proxy.getPort();
  }

  private @Nullable InetSocketAddress socket(URI address) {
    return select(address).stream()
        .filter(proxy -> proxy.type() == Proxy.Type.HTTP)
        .map(Proxy::address)
        .filter(InetSocketAddress.class::isInstance)
        .map(InetSocketAddress.class::cast)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String property(String scheme, String what) {
    String value = System.getProperty(scheme + ".proxy" + what);
    return value == null || value.isBlank() ? null : value;
  }

  /** Returns whether Java's settings or a selector of the program decide, not the variables. */
  private boolean isJavas(URI address) {
    return property(String.valueOf(address.getScheme()), "Host") != null
        || (java != NONE && !java.getClass().getName().startsWith("sun."));
  }

  /** Returns the proxy that the variables name, or null. */
  private @Nullable URI proxy(URI address) {
    if (isJavas(address) || isExcepted(address)) {
      return null;
    }
    return named(address.getScheme());
  }

  private @Nullable URI named(String scheme) {
    for (String name : List.of(scheme + "_proxy", "all_proxy")) {
      String value = variable(name);
      if (!value.isBlank()) {
        return parsed(name, value.strip());
      }
    }
    return null;
  }

  /** Parses the address; messages never show the value, which may hold a password. */
  private static URI parsed(String name, String value) {
    URI proxy = null;
    try {
      proxy = URI.create(value.contains("://") ? value : "http://" + value);
    } catch (IllegalArgumentException e) {
      // Refused below without the value, which the exception shows.
    }
    if (proxy == null || !"http".equals(proxy.getScheme()) || proxy.getHost() == null) {
      throw new IllegalArgumentException(
          name
              + ": expected http://HOST:PORT or http://USER:PASSWORD@HOST:PORT (with % escapes) but it is "
              + (proxy == null || proxy.getHost() == null
                  ? "none"
                  : "a proxy that speaks " + proxy.getScheme())
              + "; correct the variable or unset it");
    }
    return proxy;
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort();
  }

  /**
   * Returns whether {@code no_proxy} names the host: "*", a host, a domain or an address, with or
   * without a port.
   */
  private boolean isExcepted(URI address) {
    String host = address.getHost();
    if (host == null || isLoopback(host)) {
      return true;
    }
    String bare = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    int port =
        address.getPort() >= 0 ? address.getPort() : address.getScheme().equals("https") ? 443 : 80;
    for (String entry : variable("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
      String name = entry.replaceFirst("^\\*?\\.", "");
      boolean withPort = name.matches("[^:]+:[0-9]{1,5}|\\[.*]:[0-9]{1,5}");
      String wantedPort = withPort ? name.substring(name.lastIndexOf(':') + 1) : "";
      String wanted =
          (withPort ? name.substring(0, name.lastIndexOf(':')) : name).replaceAll("[\\[\\]]", "");
      if (entry.equals("*")
          || (!wanted.isEmpty()
              && (bare.equals(wanted) || bare.endsWith("." + wanted))
              && (wantedPort.isEmpty() || wantedPort.equals(Integer.toString(port))))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the name is this machine's own, as in the default of Java's {@code
   * http.nonProxyHosts}.
   */
  static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127\\.[0-9.]+")
        || host.equals("[::1]");
  }

  private String variable(String name) {
    String small = environment.getOrDefault(name, "");
    return small.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : small;
  }
}
