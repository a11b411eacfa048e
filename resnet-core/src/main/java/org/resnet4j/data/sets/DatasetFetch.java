package org.resnet4j.data.sets;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.resnet4j.data.sets.DatasetRow.Download;

/**
 * Downloads data sets from their official addresses into the cache. Nothing gets its final name
 * before its SHA-256 is that of the row; what broke off is continued by the next run.
 *
 * <pre>{@code
 * new DatasetFetch(home).fetch(Datasets.byName("cifar10"), FetchProgress.SILENT);
 * }</pre>
 */
public final class DatasetFetch {
  private final DataHome home;
  private final @Nullable URI mirror;
  private final Patience patience;

  public DatasetFetch(DataHome home) {
    this(home, null, Patience.USUAL);
  }

  private DatasetFetch(DataHome home, @Nullable URI mirror, Patience patience) {
    this.home = home;
    this.mirror = mirror;
    this.patience = patience;
  }

  /** The same, but with the files of that folder on a server instead of the official ones. */
  public DatasetFetch from(URI mirror) {
    URI folder = mirror.toString().endsWith("/") ? mirror : URI.create(mirror + "/");
    return new DatasetFetch(home, folder, patience);
  }

  DatasetFetch with(Patience patience) {
    return new DatasetFetch(home, mirror, patience);
  }

  /**
   * The folder that now has the data set; files that are already there and right are kept.
   *
   * @throws IOException with the address, what was expected, what came, and what to do
   */
  public Path fetch(DatasetRow row, FetchProgress progress)
      throws IOException, InterruptedException {
    if (row.downloads().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected a data set that can be downloaded, one of %s"
              .formatted(
                  row.name(),
                  Datasets.all().stream()
                      .filter(other -> !other.downloads().isEmpty())
                      .map(DatasetRow::name)
                      .toList()));
    }
    Path folder = Files.createDirectories(home.folder(row));
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      lock(channel, folder);
      Transfer transfer = new Transfer(patience, progress);
      if (row.folder().isEmpty()) {
        fetchFiles(row, transfer, progress);
      } else {
        fetchArchive(row, transfer, progress);
      }
    }
    return folder;
  }

  /** Until {@code channel} is closed. */
  private static void lock(FileChannel channel, Path folder) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException(folder + ": another download is at work here; wait until it ends");
    }
  }

  private void fetchFiles(DatasetRow row, Transfer transfer, FetchProgress progress)
      throws IOException, InterruptedException {
    for (Download file : row.downloads()) {
      Path target = home.folder(row).resolve(file.name());
      if (Files.isRegularFile(target)
          && Files.size(target) == file.bytes()
          && Sha256.of(target).equals(file.sha256())) {
        progress.note(target + ": already there, verified");
      } else {
        Path part = bring(file, target.resolveSibling(file.name() + ".part"), transfer);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private void fetchArchive(DatasetRow row, Transfer transfer, FetchProgress progress)
      throws IOException, InterruptedException {
    Path folder = home.folder(row);
    TarMembers members = new TarMembers(row, folder);
    if (members.there()) {
      progress.note(folder.resolve(row.folder()) + ": already there, verified");
      return;
    }
    for (Download archive : row.downloads()) {
      Path part = bring(archive, folder.resolve(archive.name() + ".part"), transfer);
      progress.note(archive.name() + ": unpacking");
      members.unpack(part);
      Files.delete(part);
    }
  }

  private Path bring(Download file, Path part, Transfer transfer)
      throws IOException, InterruptedException {
    URI from = mirror == null ? file.address() : URI.create(mirror + file.name());
    try {
      transfer.bring(from, file, part);
      return part;
    } catch (Transfer.Interruption e) {
      throw new IOException(e.getMessage() + "; run the command again to continue", e);
    } catch (Transfer.Refusal e) {
      throw new IOException(
          "%s; try again later, or put the data into %s yourself"
              .formatted(e.getMessage(), part.getParent()),
          e);
    }
  }
}
