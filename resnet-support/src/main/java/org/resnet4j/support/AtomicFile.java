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
 * Writes files atomically: a file is complete or absent, even if the process is killed or other
 * processes write it.
 *
 * <p>A link is kept and its target written. Devices, pipes and open files ({@code /dev/stdout}) are
 * written into, not replaced; so is a writable file in a folder that is not writable.
 */
public final class AtomicFile {
  /** A task that writes the temporary file. */
  @FunctionalInterface
  public interface Writer {
    void write(Path temporary) throws IOException;
  }

  private static final String SUFFIX = ".tmp";

  /**
   * The largest number of code points of the target's name in the temporary file's, whose name thus
   * has at most 255 bytes.
   */
  private static final int MOST_CODE_POINTS = 40;

  private static final int MOST_LINKS = 40;

  /** The age at which a temporary file that nobody writes to counts as abandoned. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private AtomicFile() {}

  /**
   * Writes {@code target} to a temporary file beside it, then moves that into place. The folder is
   * created if it is missing.
   *
   * @throws IOException that names the target, which is then unchanged
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
      throw WriteFailure.ofFile(target, SUFFIX, e);
    }
  }

  /** Writes a text as UTF-8 in the same way. */
  public static void write(Path target, String text) throws IOException {
    write(target, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }

  /** Returns the target of the links at {@code target}, whether or not the file exists. */
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

  /**
   * Returns whether {@code path} may be a link to an open file. Replacing that would not change
   * what its opener reads or writes.
   */
  private static boolean isOpenFile(Path path) {
    return path.startsWith("/proc") || path.startsWith("/dev/fd");
  }

  private static void replace(Path target, Path file, Writer writer) throws IOException {
    boolean exists = Files.exists(file);
    if (exists) {
      // This fails without permission to write, or for a link of another user that must not be
      // followed.
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

  /** Returns the prefix of the names of temporary files for {@code name}. */
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

  /**
   * Returns the permissions of the replaced file, or those of every new file; Java's default is for
   * the owner alone.
   */
  private static FileAttribute<?>[] mode(Path folder, @Nullable PosixFileAttributes before) {
    if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[] {};
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(
          before == null ? PosixFilePermissions.fromString("rw-rw-rw-") : before.permissions())
    };
  }

  /** Restores owner and group as far as permitted, then the permissions that umask has removed. */
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
      // Only root can change the owner.
    }
    try {
      view.setPermissions(before.permissions());
    } catch (FileSystemException e) {
      // The file system has no permissions; the file was created with no more than these.
    }
  }

  /**
   * Deletes abandoned temporary files. Their times are compared with one of the same file system,
   * whose clock may differ from this machine's.
   */
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
      // The folder cannot be listed, or another process deleted the file.
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
      // A file that a container mounts cannot be replaced, nor can an open file on Windows.
      copy(temporary, file);
      return;
    }
    try (FileChannel folder =
        FileChannel.open(
            Objects.requireNonNull(file.getParent(), "checked"), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      // Windows cannot open folders; the file is complete either way.
    }
  }

  /**
   * Writes to a temporary folder first, because some writers seek backwards and a failed one must
   * not change {@code file}.
   */
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

  /**
   * Creates {@code folder} and its parents if they are missing. Unlike {@code
   * Files.createDirectories}, it accepts a link to a folder.
   *
   * @throws FileSystemException that names the folder and what is in the way
   */
  public static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw WriteFailure.ofFolder(folder, e);
    }
  }
}
