package org.resnet4j.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the address of a server. Error messages do not show the text, which may hold a password.
 */
final class ServerAddress implements ITypeConverter<URI> {
  @Override
  public URI convert(String value) {
    URI address;
    try {
      address = new URI(value);
    } catch (URISyntaxException e) {
      throw new TypeConversionException(
          "expected an address such as https://HOST/FOLDER/ but at character "
              + e.getIndex()
              + " it is none; write special characters of a password as %XX");
    }
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if ((!scheme.equals("https") && !scheme.equals("http")) || address.getHost() == null) {
      throw new TypeConversionException(
          "expected an address such as https://HOST/FOLDER/ but "
              + (address.getHost() == null ? "there is no host" : "it begins with " + scheme + ":")
              + "; write special characters of a password as %XX");
    }
    return address;
  }
}
