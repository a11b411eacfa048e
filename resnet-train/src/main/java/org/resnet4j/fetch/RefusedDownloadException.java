package org.resnet4j.fetch;

import java.io.IOException;
import java.net.URI;

/** The server has something else: trying again at once will not help. */
final class RefusedDownloadException extends IOException {
  private static final long serialVersionUID = 1;

  RefusedDownloadException(URI from, String finding) {
    super(UserInfo.hidden(from) + ": " + finding);
  }
}
