package org.resnet4j.fetch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.resnet4j.support.AtomicFile;

/**
 * Downloads into one folder, locked against other processes. A file gets its final name once its
 * checksum is verified; the next run continues an interrupted download.
 */
public final class Downloads implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;
  private final ResumableDownload transfer;
  private final FetchProgress progress;

  private Downloads(
      Path folder, FileChannel lock, ResumableDownload transfer, FetchProgress progress) {
    this.folder = folder;
    this.lock = lock;
    this.transfer = transfer;
    this.progress = progress;
  }

  /**
   * Creates {@code folder} and locks it until {@link #close}.
   *
   * @throws IOException when another download holds the lock
   */
  public static Downloads into(Path folder, RetryPolicy patience, FetchProgress progress)
      throws IOException {
    return into(folder, patience, progress, Proxies.usual());
  }

  static Downloads into(Path folder, RetryPolicy patience, FetchProgress progress, Proxies proxies)
      throws IOException {
    AtomicFile.createFolder(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      lock(channel, folder);
      return new Downloads(
          folder, channel, new ResumableDownload(patience, progress, proxies), progress);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

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

  /**
   * Returns the verified file in the folder, downloaded unless it is already there.
   *
   * @throws IOException with the address, what was expected, what was received, and what to do
   */
  public Path file(Download file) throws IOException, InterruptedException {
    Path target = folder.resolve(file.name());
    if (Files.isRegularFile(target)
        && Files.size(target) >= file.least()
        && Files.size(target) <= file.most()
        && file.checksum().matches(target)) {
      FirstSum.keep(target, target, file.checksum());
      progress.note(target + ": already there, verified");
      return target;
    }
    Path part = brought(file, "put the file there by hand: " + target);
    FirstSum.keep(part, target, file.checksum());
    return Files.move(
        part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Returns the verified bytes under a temporary name, for a caller that unpacks and deletes them.
   */
  public Path part(Download file) throws IOException, InterruptedException {
    return brought(file, "put the data into " + folder + " yourself");
  }

  /**
   * @param byHand what a user can do instead, in the imperative
   */
  private Path brought(Download file, String byHand) throws IOException, InterruptedException {
    Path part = folder.resolve(file.name() + ".part");
    try {
      transfer.bring(file, part);
      return part;
    } catch (ResumableDownload.Interruption e) {
      throw new IOException(e.getMessage() + "; fetch again to continue", e);
    } catch (NoConnectionException e) {
      throw new IOException(
          "%s: no connection: %s; check the network and its proxy, or %s"
              .formatted(UserInfo.hidden(file.address()), e.getMessage(), byHand),
          e);
    } catch (DiskWriteException e) {
      throw new IOException(e.getMessage() + "; make room and fetch again to continue", e);
    } catch (RefusedDownloadException e) {
      throw new IOException(e.getMessage() + "; try again later, or " + byHand, e);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
