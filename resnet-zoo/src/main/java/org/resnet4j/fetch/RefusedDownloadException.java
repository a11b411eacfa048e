package org.resnet4j.fetch;

import java.io.IOException;
import java.net.URI;

/** The error of a server that has something other than the file; retrying does not help. */
final class RefusedDownloadException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedDownloadException(URI from, String finding) {
    super(UserInfo.hidden(from) + ": " + finding);
  }
}
