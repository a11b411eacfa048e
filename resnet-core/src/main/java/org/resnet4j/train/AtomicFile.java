package org.resnet4j.train;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Files that are whole or absent, whenever the process is killed. */
public final class AtomicFile {
  /** Writes a file that does not count yet. */
  @FunctionalInterface
  public interface Writer {
    void write(Path temporary) throws IOException;
  }

  private AtomicFile() {}

  /** Has {@code target} written beside its place, then moves it there; its folder is made. */
  public static void write(Path target, Writer writer) throws IOException {
    Path folder =
        Objects.requireNonNull(target.toAbsolutePath().getParent(), "the root is no file");
    Files.createDirectories(folder);
    Path temporary = folder.resolve("." + target.getFileName() + ".tmp");
    try {
      writer.write(temporary);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static void write(Path target, String text) throws IOException {
    write(target, temporary -> Files.writeString(temporary, text, StandardCharsets.UTF_8));
  }
}
