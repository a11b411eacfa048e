package org.resnet4j.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Name and password in an address, which are sent to its server and never shown. */
final class UserInfo {
  private UserInfo() {}

  /** The address without them, for messages and for requests. */
  static URI hidden(URI address) {
    return URI.create(hidden(address.toString()));
  }

  static String hidden(String address) {
    return address.replaceFirst("^([^/?#]*//)[^/?#]*@", "$1");
  }

  /** The value of an {@code Authorization} header, or null when there is no name. */
  static @Nullable String basic(URI address) {
    String info = address.getUserInfo();
    return info == null || info.isEmpty()
        ? null
        : "Basic "
            + Base64.getEncoder()
                .encodeToString((info.indexOf(':') < 0 ? info + ":" : info).getBytes(UTF_8));
  }
}
