package org.resnet4j.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files that are whole or absent, whenever the process is killed, and whoever else writes them.
 *
 * <p>A link stays a link, and what it points to is written. Devices, pipes and open files ({@code
 * /dev/stdout}) are written into, not replaced; so is a file that may be written in a folder that
 * may not.
 */
public final class AtomicFile {
  /** Writes a file that does not count yet. */
  @FunctionalInterface
  public interface Writer {
    void write(Path temporary) throws IOException;
  }

  private static final String SUFFIX = ".tmp";

  /** Of a file's name, in that of its temporary file: together they stay below 255 bytes. */
  private static final int MOST_CODE_POINTS = 40;

  private static final int MOST_LINKS = 40;

  /** A temporary file that nobody has written to for so long has lost its writer. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private AtomicFile() {}

  /**
   * Has {@code target} written beside its place, then moves it there; its folder is made.
   *
   * @throws IOException that names the target, of which nothing has changed
   */
  public static void write(Path target, Writer writer) throws IOException {
    Path file = resolved(target);
    if (Files.isDirectory(file)) {
      throw new FileSystemException(
          target.toString(), null, "expected the name of a file but there is a folder");
    }
    try {
      if (isOpenFile(file) || (Files.exists(file) && !Files.isRegularFile(file))) {
        pour(file, writer);
      } else {
        replace(target, file, writer);
      }
    } catch (IOException e) {
      throw naming(target, e);
    }
  }

  /** The same with a text as UTF-8. */
  public static void write(Path target, String text) throws IOException {
    write(target, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }

  /** Where the links at {@code target} lead, whether or not there is a file. */
  private static Path resolved(Path target) throws IOException {
    Path at = target.toAbsolutePath();
    for (int links = 0; links < MOST_LINKS; links++) {
      if (isOpenFile(at) || !Files.isSymbolicLink(at)) {
        return at;
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    throw new FileSystemLoopException(target.toString());
  }

  /** Links there lead to what a process has open: whoever opened it would lose what replaces it. */
  private static boolean isOpenFile(Path path) {
    return path.startsWith("/proc") || path.startsWith("/dev/fd");
  }

  private static void replace(Path target, Path file, Writer writer) throws IOException {
    boolean exists = Files.exists(file);
    if (exists) {
      // The system's word on permissions, and on the links of strangers.
      FileChannel.open(target, StandardOpenOption.WRITE).close();
    }
    Path folder = Objects.requireNonNull(file.getParent(), "the root is a folder");
    createFolder(folder);
    String prefix = prefix(String.valueOf(file.getFileName()));
    PosixFileAttributes attributes = exists ? attributes(file) : null;
    Path temporary;
    try {
      temporary = Files.createTempFile(folder, prefix, SUFFIX, mode(folder, attributes));
    } catch (AccessDeniedException e) {
      if (!exists) {
        throw e;
      }
      pour(file, writer);
      return;
    }
    try {
      removeAbandoned(folder, prefix, Files.getLastModifiedTime(temporary));
      if (attributes != null) {
        keep(attributes, temporary);
      }
      writer.write(temporary);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      move(temporary, file);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** What starts the names of temporary files for {@code name}. */
  private static String prefix(String name) {
    if (name.codePointCount(0, name.length()) <= MOST_CODE_POINTS) {
      return "." + name + ".";
    }
    String start = name.substring(0, name.offsetByCodePoints(0, MOST_CODE_POINTS));
    return "." + start + "~" + Integer.toHexString(name.hashCode()) + ".";
  }

  private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    return view == null ? null : view.readAttributes();
  }

  /** That of the file before, or what every new file gets; Java's own would be for its owner. */
  private static FileAttribute<?>[] mode(Path folder, @Nullable PosixFileAttributes before) {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[] {};
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(
          before == null ? PosixFilePermissions.fromString("rw-rw-rw-") : before.permissions())
    };
  }

  /** Owner and group as far as we may, then the permissions, of which umask has taken some. */
  private static void keep(PosixFileAttributes before, Path temporary) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    try {
      if (!now.group().equals(before.group())) {
        view.setGroup(before.group());
      }
      if (!now.owner().equals(before.owner())) {
        view.setOwner(before.owner());
      }
    } catch (FileSystemException e) {
      // Only root gives files away.
    }
    try {
      view.setPermissions(before.permissions());
    } catch (FileSystemException e) {
      // A file system without them; what it was created with is no more than they were.
    }
  }

  /** Times are compared with one of the same file system, whose clock may not be ours. */
  private static void removeAbandoned(Path folder, String prefix, FileTime now) {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, file -> isTemporary(file, prefix))) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && now.toMillis() - Files.getLastModifiedTime(file).toMillis() > ABANDONED.toMillis()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // A folder that may not be listed, or another process that is faster.
    }
  }

  private static boolean isTemporary(Path file, String prefix) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(prefix)
        && name.endsWith(SUFFIX)
        && name.length() > prefix.length() + SUFFIX.length()
        && name.substring(prefix.length(), name.length() - SUFFIX.length())
            .chars()
            .allMatch(c -> c >= '0' && c <= '9');
  }

  private static void move(Path temporary, Path file) throws IOException {
    try {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      if (!Files.isRegularFile(file)) {
        throw e;
      }
      // A file that a container mounts cannot be replaced; where one is open, Windows refuses too.
      copy(temporary, file);
      return;
    }
    try (FileChannel folder =
        FileChannel.open(
            Objects.requireNonNull(file.getParent(), "checked"), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // Windows opens no folders; the file is whole either way.
    }
  }

  /** Has all written elsewhere first: some writers go back, and what fails pours nothing. */
  private static void pour(Path file, Writer writer) throws IOException {
    Path whole = Files.createTempFile("resnet4j", SUFFIX);
    try {
      writer.write(whole);
      copy(whole, file);
    } finally {
      Files.deleteIfExists(whole);
    }
  }

  private static void copy(Path whole, Path file) throws IOException {
    OpenOption more =
        !Files.isRegularFile(file)
            ? StandardOpenOption.WRITE
            : isOpenFile(file) ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE, more)) {
      Files.copy(whole, out);
    }
  }

  /** The system names the temporary file, or none. */
  private static IOException naming(Path target, IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof FileSystemException at) {
      if (!String.valueOf(at.getFile()).endsWith(SUFFIX)) {
        return failure;
      }
      IOException named =
          failure instanceof AccessDeniedException
              ? new AccessDeniedException(target.toString(), null, at.getReason())
              : new FileSystemException(
                  target.toString(),
                  null,
                  Objects.requireNonNullElse(at.getReason(), "its temporary file is gone"));
      named.initCause(failure);
      return named;
    }
    return message.contains(": ") ? failure : new IOException(target + ": " + message, failure);
  }

  /**
   * Creates {@code folder} and its parents where it is not there; unlike {@code
   * Files.createDirectories}, it accepts a link to a folder.
   */
  public static void createFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }
}
