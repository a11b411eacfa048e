package org.resnet4j.support;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;

/** Names the file or folder that cannot be written, and what is in the way. */
final class WriteFailure {
  private WriteFailure() {}

  /** Returns an exception that says what is in the way of creating {@code folder}. */
  static FileSystemException ofFolder(Path folder, IOException failure) {
    FileSystemException named =
        new FileSystemException(folder.toString(), null, obstacle(folder, failure));
    named.initCause(failure);
    return named;
  }

  private static String obstacle(Path folder, IOException failure) {
    Path at = folder.toAbsolutePath();
    while (!Files.exists(at, LinkOption.NOFOLLOW_LINKS) && at.getParent() != null) {
      at = at.getParent();
    }
    boolean itself = at.equals(folder.toAbsolutePath());
    if (!Files.isDirectory(at)) {
      String kind = Files.exists(at) ? "a file" : "a link to nothing";
      return "expected a folder but %s is %s; choose another folder"
          .formatted(itself ? "it" : at, kind);
    }
    if (failure instanceof AccessDeniedException || !Files.isWritable(at)) {
      return "no permission to create it in %s; choose another folder, or change the permissions of this one"
          .formatted(at);
    }
    String reason =
        failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
    return "cannot be created in %s (%s); choose another folder"
        .formatted(at, reason == null ? failure.getClass().getSimpleName() : reason);
  }

  /**
   * Returns an exception that names {@code target}, because the system's names the temporary file
   * or none.
   *
   * @param suffix ending of the names of temporary files
   */
  static IOException ofFile(Path target, String suffix, IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof FileSystemException at) {
      if (!String.valueOf(at.getFile()).endsWith(suffix)) {
        return failure;
      }
      IOException named =
          failure instanceof AccessDeniedException
              ? new AccessDeniedException(
                  target.toString(),
                  null,
                  "no permission to write into its folder; choose another, or change the"
                      + " permissions of this one")
              : new FileSystemException(
                  target.toString(),
                  null,
                  Objects.requireNonNullElse(at.getReason(), "its temporary file is gone"));
      named.initCause(failure);
      return named;
    }
    return message.contains(": ") ? failure : new IOException(target + ": " + message, failure);
  }
}
