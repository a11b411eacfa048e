package org.resnet4j.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The name and password in an address, which are sent to its server and never shown. */
final class UserInfo {
  private UserInfo() {}

  /** Returns the address without name and password, for messages and requests. */
  static URI hidden(URI address) {
    return URI.create(hidden(address.toString()));
  }

  static String hidden(String address) {
    return address.replaceFirst("^([^/?#]*//)[^/?#]*@", "$1");
  }

  /** Returns the value of an {@code Authorization} header, or null if there is no name. */
  static @Nullable String basic(URI address) {
    String info = address.getUserInfo();
    return info == null || info.isEmpty()
        ? null
        : encoded(info.indexOf(':') < 0 ? info + ":" : info);
  }

  static String basic(String user, String password) {
    return encoded(user + ":" + password);
  }

  private static String encoded(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }
}
