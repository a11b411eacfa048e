package org.resnet4j.data.sets;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.fetch.Download;
import org.resnet4j.fetch.Downloads;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.RetryPolicy;

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
  private final RetryPolicy patience;

  public DatasetFetch(DataHome home) {
    this(home, null, RetryPolicy.USUAL);
  }

  private DatasetFetch(DataHome home, @Nullable URI mirror, RetryPolicy patience) {
    this.home = home;
    this.mirror = mirror;
    this.patience = patience;
  }

  /** The same, but with the files of that folder on a server instead of the official ones. */
  public DatasetFetch from(URI mirror) {
    URI folder = mirror.toString().endsWith("/") ? mirror : URI.create(mirror + "/");
    return new DatasetFetch(home, folder, patience);
  }

  DatasetFetch with(RetryPolicy patience) {
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
    Path folder = home.folder(row);
    try (Downloads downloads = Downloads.into(folder, patience, progress)) {
      for (Download official : row.downloads()) {
        Download file =
            mirror == null ? official : official.from(URI.create(mirror + official.name()));
        if (row.folder().isEmpty()) {
          downloads.file(file);
        } else {
          unpack(row, file, downloads, progress);
        }
      }
    }
    return folder;
  }

  private void unpack(DatasetRow row, Download archive, Downloads downloads, FetchProgress progress)
      throws IOException, InterruptedException {
    Path folder = home.folder(row);
    TarMembers members = new TarMembers(row, folder);
    if (members.there()) {
      progress.note(folder.resolve(row.folder()) + ": already there, verified");
      return;
    }
    Path part = downloads.part(archive);
    progress.note(archive.name() + ": unpacking");
    members.unpack(part);
    Files.delete(part);
  }
}
