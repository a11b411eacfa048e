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
 * Downloads datasets from their official addresses into the cache. A file gets its final name once
 * its SHA-256 is verified; the next run continues an interrupted download.
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

  /**
   * Returns a fetcher that loads the files from that folder of a server instead of the official
   * addresses.
   */
  public DatasetFetch from(URI mirror) {
    URI folder = mirror.toString().endsWith("/") ? mirror : URI.create(mirror + "/");
    return new DatasetFetch(home, folder, patience);
  }

  DatasetFetch with(RetryPolicy patience) {
    return new DatasetFetch(home, mirror, patience);
  }

  /**
   * Downloads the dataset and returns its folder; verified files that are already there are kept.
   *
   * @throws IOException with the address, what was expected, what was received, and what to do
   */
  public Path fetch(DatasetSpec spec, FetchProgress progress)
      throws IOException, InterruptedException {
    if (spec.downloads().isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected a dataset that can be downloaded, one of %s"
              .formatted(
                  spec.name(),
                  Datasets.all().stream()
                      .filter(other -> !other.downloads().isEmpty())
                      .map(DatasetSpec::name)
                      .toList()));
    }
    Path folder = home.folder(spec);
    try (Downloads downloads = Downloads.into(folder, patience, progress)) {
      for (Download official : spec.downloads()) {
        Download file =
            mirror == null ? official : official.from(URI.create(mirror + official.name()));
        if (spec.folder().isEmpty()) {
          downloads.file(file);
        } else {
          unpack(spec, file, downloads, progress);
        }
      }
    }
    return folder;
  }

  private void unpack(
      DatasetSpec spec, Download archive, Downloads downloads, FetchProgress progress)
      throws IOException, InterruptedException {
    Path folder = home.folder(spec);
    TarMembers members = new TarMembers(spec, folder);
    if (members.there()) {
      progress.note(folder.resolve(spec.folder()) + ": already there, verified");
      return;
    }
    Path part = downloads.part(archive);
    progress.note(archive.name() + ": unpacking");
    members.unpack(part);
    Files.delete(part);
  }
}
