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
import org.jspecify.annotations.Nullable;

/**
 * Selects the proxy for an address. Java's own settings ({@code -Dhttps.proxyHost} and the like)
 * take precedence for their scheme. Otherwise the variables {@code http_proxy}, {@code
 * https_proxy}, {@code all_proxy} and {@code no_proxy} apply, in lower or upper case, as curl reads
 * them.
 */
final class Proxies extends ProxySelector {
  /** The property that must be empty for Java to send a password to a proxy that tunnels HTTPS. */
  private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";

  private static final int USUAL_PORT = 1080;

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
      return https != null && https.getUserInfo() != null;
    } catch (IllegalArgumentException e) {
      // An invalid address is refused when it is used.
      return false;
    }
  }

  static Proxies of(Map<String, String> environment) {
    ProxySelector java = ProxySelector.getDefault();
    return new Proxies(environment, java == null ? ProxySelector.of(null) : java);
  }

  @Override
  public List<Proxy> select(URI address) {
    if (System.getProperty(address.getScheme() + ".proxyHost") != null) {
      return java.select(address);
    }
    URI proxy = proxy(address);
    return proxy == null
        ? java.select(address)
        : List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.getHost(), port(proxy))));
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    java.connectFailed(address, proxy, failure);
  }

  /** Returns the value of a {@code Proxy-Authorization} header, or null. */
  @Nullable String authorization(URI address) {
    URI proxy = proxy(address);
    return proxy == null ? null : UserInfo.basic(proxy);
  }

  /** Returns the description of the proxy for messages, or an empty text. */
  String describe(URI address) {
    return select(address).stream()
        .filter(proxy -> proxy.address() instanceof InetSocketAddress)
        .map(proxy -> (InetSocketAddress) proxy.address())
        .findFirst()
        .map(socket -> " through the proxy " + socket.getHostString() + ":" + socket.getPort())
        .orElse("");
  }

  /** Returns the proxy that the variables name, or null. */
  private @Nullable URI proxy(URI address) {
    if (System.getProperty(address.getScheme() + ".proxyHost") != null || isExcepted(address)) {
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
