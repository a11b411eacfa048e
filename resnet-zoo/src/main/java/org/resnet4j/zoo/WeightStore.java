package org.resnet4j.zoo;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.resnet4j.fetch.CacheFolder;
import org.resnet4j.fetch.Download;
import org.resnet4j.fetch.Downloads;
import org.resnet4j.fetch.FetchProgress;
import org.resnet4j.fetch.NotFetchedException;
import org.resnet4j.fetch.RetryPolicy;
import org.resnet4j.fetch.VerifiedFile;

/**
 * The folder with the files of pretrained weights, one folder for each. A file is returned only if
 * its publisher's checksum matches, whoever put it there.
 *
 * <pre>{@code
 * WeightStore store = WeightStore.usual();
 * Path file = store.fetch(WeightSets.byName("resnet50.tv_in1k_v2"), FetchProgress.SILENT);
 * }</pre>
 */
public final class WeightStore {
  /** The environment variable that allows {@link #usual} to download. */
  private static final String DOWNLOAD = "RESNET4J_DOWNLOAD";

  private final Path root;
  private final @Nullable URI mirror;
  private final RetryPolicy patience;
  private final boolean plainHttp;
  private final @Nullable FetchProgress downloading;

  private WeightStore(
      Path root,
      @Nullable URI mirror,
      RetryPolicy patience,
      boolean plainHttp,
      @Nullable FetchProgress downloading) {
    this.root = root;
    this.mirror = mirror;
    this.patience = patience;
    this.plainHttp = plainHttp;
    this.downloading = downloading;
  }

  /** Returns the store in the folder {@code weights} of {@code cache}. */
  public static WeightStore in(Path cache) {
    return new WeightStore(cache.resolve("weights"), null, RetryPolicy.USUAL, false, null);
  }

  /**
   * Returns the store in this user's default cache: {@code RESNET4J_HOME} or {@code ~/.cache}. It
   * downloads missing files if the environment variable {@code RESNET4J_DOWNLOAD} is {@code 1} or
   * {@code true}.
   */
  public static WeightStore usual() {
    WeightStore store = in(CacheFolder.usual());
    return isAllowed(System.getenv(DOWNLOAD)) ? store.downloading(FetchProgress.SILENT) : store;
  }

  static boolean isAllowed(@Nullable String value) {
    return value != null && (value.equals("1") || value.equalsIgnoreCase("true"));
  }

  /** Returns a store whose {@link #get} downloads files that it lacks. */
  public WeightStore downloading(FetchProgress progress) {
    return new WeightStore(root, mirror, patience, plainHttp, progress);
  }

  /**
   * Returns a store that downloads {@code mirror/NAME/FILE} instead of the publishers' addresses.
   * The published checksums still apply. A name and a password in its address are sent to that
   * server alone.
   */
  public WeightStore from(URI folder) {
    URI base = folder.toString().endsWith("/") ? folder : URI.create(folder + "/");
    return new WeightStore(root, base, patience, plainHttp, downloading);
  }

  /** Returns a store with another retry policy. */
  public WeightStore with(RetryPolicy other) {
    return new WeightStore(root, mirror, other, plainHttp, downloading);
  }

  /**
   * Returns a store that also uses plain HTTP for a file with a short published checksum. An
   * attacker on the way can then send other weights.
   */
  public WeightStore allowPlainHttp() {
    return new WeightStore(root, mirror, patience, true, downloading);
  }

  /** Returns the path of the file of {@code weights}, where a user may also put it. */
  public Path path(PretrainedWeights weights) {
    return root.resolve(weights.name()).resolve(weights.file());
  }

  /** Returns whether the file exists, verified or not. */
  public boolean has(PretrainedWeights weights) {
    return Files.isRegularFile(path(weights));
  }

  /**
   * Returns the file of {@code weights}, downloaded if it is missing and downloads are allowed. It
   * is not verified unless it was downloaded.
   *
   * @throws NotFetchedException when it is missing and downloads are not allowed
   */
  public Path get(PretrainedWeights weights) throws IOException {
    if (downloading == null || has(weights)) {
      requireThere(weights, path(weights));
      return path(weights);
    }
    try {
      return fetch(weights, downloading);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException(weights.name() + ": the download was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  /**
   * Returns the file of {@code weights}, verified now.
   *
   * @throws NotFetchedException when it does not exist; the message says how to get it
   * @throws IOException when its checksum differs
   */
  public Path find(PretrainedWeights weights) throws IOException {
    Path file = path(weights);
    requireThere(weights, file);
    verify(weights, file);
    return file;
  }

  static void requireThere(PretrainedWeights weights, Path file) throws NotFetchedException {
    if (!Files.isRegularFile(file)) {
      throw new NotFetchedException(
          NotFetchedException.Kind.WEIGHTS,
          weights.name(),
          "%s: there is no %s".formatted(weights.name(), file),
          "download %s and put it there".formatted(weights.address()));
    }
  }

  /**
   * Returns the whole SHA-256 of the file of {@code weights}, verified now, whatever its publisher
   * gives.
   *
   * @throws NotFetchedException when it does not exist; the message says how to get it
   * @throws IOException when its checksum differs
   */
  public String sha256(PretrainedWeights weights) throws IOException {
    requireThere(weights, path(weights));
    return verify(weights, path(weights)).sha256();
  }

  /**
   * Refuses a {@code file} whose publisher's checksum differs, at any path. A file in the cache
   * must also equal its first download.
   *
   * @throws IOException with expected and actual checksum
   */
  static VerifiedFile verify(PretrainedWeights weights, Path file) throws IOException {
    try {
      return VerifiedFile.of(file, weights.checksum());
    } catch (VerifiedFile.MismatchException e) {
      throw mismatch(weights, e);
    }
  }

  /** Returns the task of {@link #verify}, for the file that is there now. */
  static Callable<VerifiedFile> verification(PretrainedWeights weights, Path file)
      throws IOException {
    Callable<VerifiedFile> task = VerifiedFile.task(file, weights.checksum());
    return () -> {
      try {
        return task.call();
      } catch (VerifiedFile.MismatchException e) {
        throw mismatch(weights, e);
      }
    };
  }

  private static IOException mismatch(PretrainedWeights weights, VerifiedFile.MismatchException e) {
    return new IOException(
        weights.name()
            + ": "
            + e.getMessage()
            + "; delete it and fetch it again, or choose the weights that it belongs to",
        e);
  }

  /**
   * Returns the verified file of {@code weights}, downloaded unless it exists. If its publisher
   * gives no whole SHA-256, the first download records it as {@code FILE.sha256} beside the file.
   * From then on no other file is accepted.
   *
   * @throws IOException with the address, what was expected, what was received, and what to do
   */
  public Path fetch(PretrainedWeights weights, FetchProgress progress)
      throws IOException, InterruptedException {
    Download official = weights.download();
    Download file =
        mirror == null
            ? official
            : official.from(mirror.resolve(weights.name() + "/" + official.name()));
    requireSecure(weights, file);
    try (Downloads downloads = Downloads.into(root.resolve(weights.name()), patience, progress)) {
      return downloads.file(file);
    }
  }

  /** Refuses an insecure connection for a file whose checksum can be forged. */
  private void requireSecure(PretrainedWeights weights, Download file) throws IOException {
    if (!plainHttp && !file.isFullyIdentified() && !file.isSecured()) {
      throw new IOException(
          weights.name()
              + ": expected an address of https, because the publisher's "
              + weights.checksum()
              + " is too short to tell the file from a forged one; name such a server, or allow plain HTTP at your own risk");
    }
  }
}
